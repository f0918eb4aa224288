package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.proxy.quota.QuotaRequest;
import dev.oaiproxy.proxy.relay.exchange.FormUpload;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.list.ModelList;
import dev.oaiproxy.proxy.relay.owner.ObjectRecorder;
import dev.oaiproxy.proxy.relay.owner.Ownership;
import org.jspecify.annotations.Nullable;

/** What is to be done with an {@code ProxyRequest}. */
public sealed interface Plan {
    /** Nothing: it is answered with an error. */
    record Refuse(Refusal why) implements Plan {}

    /**
     * Pass it on; it costs nothing.
     *
     * @param form a body that is passed on as it comes, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
    record Free(
            Operation operation,
            byte[] body,
            Ownership ownership,
            ObjectRecorder recorder,
            @Nullable FormUpload form)
            implements Plan {}

    /**
     * Pass on what the key's user may see of a list; it costs nothing.
     *
     * @param models what is said of models
     */
    record Listed(
            Key key,
            ObjectKind kind,
            Ownership ownership,
            ObjectRecorder recorder,
            ModelList models)
            implements Plan {}

    /** Answer it; OpenAI has nothing to do with it. */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
    record LocalResponse(byte[] json) implements Plan {}

    /**
     * Open a WebSocket, and hold and charge each thing that comes of it.
     *
     * @param lease what the conversation holds of the server's memory
     */
    record WebSocket(Meter meter, Key key, Operation operation, Lease lease) implements Plan {}

    /**
     * Hold, pass on, meter and charge.
     *
     * @param recorder writes down what of the answer becomes the caller's
     */
    record Metered(QuotaRequest request, ObjectRecorder recorder) implements Plan {}
}
