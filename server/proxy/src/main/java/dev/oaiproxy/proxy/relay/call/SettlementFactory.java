package dev.oaiproxy.proxy.relay.call;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.store.table.RecordedBodies;
import dev.oaiproxy.proxy.deferred.DeferredCalls;
import dev.oaiproxy.proxy.quota.Hold;
import dev.oaiproxy.proxy.quota.MeteredRequest;
import dev.oaiproxy.proxy.relay.plan.Plan;

/** Opens the settlement of each call with the parts that all calls share. */
public record SettlementFactory(
        RecordedBodies recordedBodies,
        RecordingSettings recordingSettings,
        ResponseDrainer responseDrainer,
        DeferredCalls deferredCalls) {
    /**
     * Opens the settlement of a call.
     *
     * @param lease the memory of the call; it ends after the settlement
     */
    public Settlement open(Plan.Metered plan, Hold hold, Lease lease) {
        boolean stored = plan.recorder().isKept();
        return open(
                plan.request(),
                hold,
                stored ? Settlement.Storage.STORED : Settlement.Storage.NOT_STORED,
                lease);
    }

    /** Opens the settlement of a call whose response OpenAI does not store. */
    public Settlement open(MeteredRequest request, Hold hold, Lease lease) {
        return open(request, hold, Settlement.Storage.NOT_STORED, lease);
    }

    private Settlement open(
            MeteredRequest request, Hold hold, Settlement.Storage storage, Lease lease) {
        BodyRecorder bodyRecorder = new BodyRecorder(recordedBodies, recordingSettings, lease);
        return new Settlement(request, hold, storage, bodyRecorder, deferredCalls);
    }
}
