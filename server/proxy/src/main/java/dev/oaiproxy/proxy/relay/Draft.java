package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.request.json.ParsingMemory;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call whose key, operation and body are known, and which has not been looked into yet.
 *
 * @param object the id in its path, or null
 * @param lease what the call holds of the server's memory
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
record Draft(
        Key key,
        Operation operation,
        @Nullable String object,
        String contentType,
        byte[] body,
        Lease lease) {
    static Draft of(Ask ask, Key key, Operation operation, byte[] body) {
        String contentType = String.join(", ", ask.headers().values("content-type"));
        boolean owned = operation.subjects().owned() != null;
        String object = owned ? operation.idIn(ask.path()) : null;
        return new Draft(key, operation, object, contentType, body, ask.lease());
    }

    /** The same call with another body. */
    Draft with(byte[] other) {
        return new Draft(key, operation, object, contentType, other, lease);
    }

    /** A response that is asked for in a conversation. */
    static Draft of(Plan.Talk talk, byte[] body) {
        return new Draft(
                talk.key(), talk.operation(), null, "application/json", body, talk.lease());
    }

    /** Plans on, if there is room for what reading the body takes beside the body. */
    Plan planned(Function<Draft, Plan> next) {
        long memory = ParsingMemory.of(body);
        if (!lease.take(Use.REQUEST, memory)) {
            return new Plan.Refuse(new Refusal.NoRoom());
        }
        Plan plan = next.apply(this);
        lease.give(memory);
        return plan;
    }
}
