package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.store.RecordedBodies;
import dev.oaiproxy.proxy.settle.Backlog;

/** What every call's end needs: a place for bodies, bounds for draining, one to take over. */
public final class Cashier {
    private final RecordedBodies recordedBodies;
    private final Tracking tracking;
    private final Drains drains;
    private final Backlog backlog;

    public Cashier(
            RecordedBodies recordedBodies, Tracking tracking, Drains drains, Backlog backlog) {
        this.recordedBodies = recordedBodies;
        this.tracking = tracking;
        this.drains = drains;
        this.backlog = backlog;
    }

    Outlet outlet(Ask ask, Client client, Claim claim) {
        return new Outlet(client, drains, claim, ask.lease());
    }

    /**
     * Opens the account of one call.
     *
     * @param lease what the call holds of the server's memory, until after this has been closed
     */
    Settlement open(Settlement.Call call, Lease lease) {
        return new Settlement(call, new Recorder(recordedBodies, tracking, lease), backlog);
    }

    Drains drains() {
        return drains;
    }
}
