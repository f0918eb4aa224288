package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.request.json.ParsingMemory;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call whose key, operation and body are known, and which has not been looked into yet.
 *
 * @param object the id in its path, or null
 * @param lease what the call holds of the server's memory
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
record PlanDraft(
        Key key,
        Operation operation,
        @Nullable String object,
        String contentType,
        byte[] body,
        Lease lease) {
    static PlanDraft of(ProxyRequest request, Key key, Operation operation, byte[] body) {
        String contentType = String.join(", ", request.headers().values("content-type"));
        boolean owned = operation.subjects().owned() != null;
        String object = owned ? operation.idIn(request.path()) : null;
        return new PlanDraft(key, operation, object, contentType, body, request.lease());
    }

    /** The same call with another body. */
    PlanDraft with(byte[] other) {
        return new PlanDraft(key, operation, object, contentType, other, lease);
    }

    /** A response that is asked for in a conversation. */
    static PlanDraft of(Plan.WebSocket webSocket, byte[] body) {
        return new PlanDraft(
                webSocket.key(),
                webSocket.operation(),
                null,
                "application/json",
                body,
                webSocket.lease());
    }

    /** Plans on, if there is room for what reading the body takes beside the body. */
    Plan planned(Function<PlanDraft, Plan> next) {
        long memory = ParsingMemory.of(body);
        if (!lease.take(Use.REQUEST, memory)) {
            return new Plan.Refuse(new Refusal.NoRoom());
        }
        Plan plan = next.apply(this);
        lease.give(memory);
        return plan;
    }
}
