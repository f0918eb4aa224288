package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.quota.Hold;
import dev.oaiproxy.server.store.Bodies;

/** What every call's end needs: a place for bodies, bounds for draining. */
public final class Cashier {
    private final Bodies bodies;
    private final Tracking tracking;
    private final Drains drains;

    public Cashier(Bodies bodies, Tracking tracking, Drains drains) {
        this.bodies = bodies;
        this.tracking = tracking;
        this.drains = drains;
    }

    Outlet outlet(Client client, Claim claim) {
        return new Outlet(client, drains, claim);
    }

    Settlement open(Plan.Metered plan, Hold hold) {
        return new Settlement(plan.prices(), plan.order(), hold, new Recorder(bodies, tracking));
    }
}
