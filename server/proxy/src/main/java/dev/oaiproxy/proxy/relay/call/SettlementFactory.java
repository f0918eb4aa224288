package dev.oaiproxy.proxy.relay.call;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.store.table.RecordedBodies;
import dev.oaiproxy.proxy.deferred.DeferredCalls;
import dev.oaiproxy.proxy.relay.exchange.ClientExchange;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.owner.ObjectRecorder;

/** Opens the settlement of each call with what all calls share. */
public final class SettlementFactory {
    private final RecordedBodies recordedBodies;
    private final RecordingSettings recordingSettings;
    private final ResponseDrainer responseDrainer;
    private final DeferredCalls deferredCalls;

    public SettlementFactory(
            RecordedBodies recordedBodies,
            RecordingSettings recordingSettings,
            ResponseDrainer responseDrainer,
            DeferredCalls deferredCalls) {
        this.recordedBodies = recordedBodies;
        this.recordingSettings = recordingSettings;
        this.responseDrainer = responseDrainer;
        this.deferredCalls = deferredCalls;
    }

    public ClientResponse outlet(
            ProxyRequest request, ClientExchange client, ObjectRecorder recorder) {
        return new ClientResponse(client, responseDrainer, recorder, request.lease());
    }

    /**
     * Opens the account of one call.
     *
     * @param lease the memory of the call; it ends after the settlement
     */
    public Settlement open(Settlement.Call call, Lease lease) {
        return new Settlement(
                call, new BodyRecorder(recordedBodies, recordingSettings, lease), deferredCalls);
    }

    public ResponseDrainer drains() {
        return responseDrainer;
    }
}
