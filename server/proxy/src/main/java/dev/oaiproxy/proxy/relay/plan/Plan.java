package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.proxy.quota.MeteredRequest;
import dev.oaiproxy.proxy.relay.exchange.FormUpload;
import dev.oaiproxy.proxy.relay.owner.ObjectRecorder;
import dev.oaiproxy.proxy.relay.owner.Ownership;
import org.jspecify.annotations.Nullable;

/** The decision about a {@code ProxyRequest}. */
public sealed interface Plan {
    /**
     * Forwards the request, which costs nothing.
     *
     * @param form a form that is streamed through, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes in transit, never compared.
    record Free(
            Operation operation,
            byte[] body,
            Ownership ownership,
            ObjectRecorder recorder,
            @Nullable FormUpload form)
            implements Plan {}

    /**
     * Answers with the part of OpenAI's list that belongs to the key's user, which costs nothing.
     *
     * @param models the models that calls accept, for the list of models
     */
    record Listed(
            Key key,
            ObjectKind kind,
            Ownership ownership,
            ObjectRecorder recorder,
            ModelList models)
            implements Plan {}

    /** Answers locally, without OpenAI. */
    @SuppressWarnings("ArrayRecordComponent") // Bytes in transit, never compared.
    record LocalResponse(byte[] json) implements Plan {}

    /**
     * Opens a WebSocket, and holds and charges each response on it.
     *
     * @param lease the memory of the session
     */
    record WebSocket(Meter meter, Key key, Operation operation, Lease lease) {}

    /**
     * Holds, forwards, meters and charges the request.
     *
     * @param recorder records the objects that the response gives to the caller
     */
    record Metered(MeteredRequest request, ObjectRecorder recorder) implements Plan {}
}
