package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.json.ParsingMemory;
import dev.oaiproxy.proxy.quota.HoldAmount;
import dev.oaiproxy.proxy.quota.MeteredRequest;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * A request whose key, operation and body are known, and whose body has not been parsed yet.
 *
 * @param object the id in its path, or null
 * @param lease the part of the server's memory that the call holds
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes in transit, never compared.
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

    /** A response that is requested on an open WebSocket. */
    static PlanDraft of(Plan.WebSocket webSocket, byte[] body) {
        return new PlanDraft(
                webSocket.key(),
                webSocket.operation(),
                null,
                "application/json",
                body,
                webSocket.lease());
    }

    /** The same request with another body. */
    PlanDraft with(byte[] other) {
        return new PlanDraft(key, operation, object, contentType, other, lease);
    }

    /** Memory that is given back when planning ends. */
    interface Reservation extends AutoCloseable {
        @Override
        void close();
    }

    /** Reserves the memory that parsing takes beside the body itself. */
    Reservation reserveParsing() {
        long bytes = ParsingMemory.of(body);
        if (!lease.take(Use.REQUEST, bytes)) {
            throw new RefusedException(new Refusal.NoRoom());
        }
        return () -> lease.give(bytes);
    }

    /**
     * @param amount the amount to hold, or null for as much of the maximum as the quota covers
     */
    MeteredRequest meteredRequest(
            Meter meter, MaxUsage maxUsage, PriceBook prices, @Nullable HoldAmount amount) {
        return new MeteredRequest(key, operation.name(), meter, maxUsage, prices, body, amount);
    }
}
