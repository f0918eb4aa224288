package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.price.PriceBook;
import dev.oaiproxy.server.quota.Hold;
import dev.oaiproxy.server.quota.Order;
import dev.oaiproxy.server.settle.Backlog;
import dev.oaiproxy.server.store.Bodies;

/** What every call's end needs: a place for bodies, bounds for draining, one to take over. */
public final class Cashier {
    private final Bodies bodies;
    private final Tracking tracking;
    private final Drains drains;
    private final Backlog backlog;

    public Cashier(Bodies bodies, Tracking tracking, Drains drains, Backlog backlog) {
        this.bodies = bodies;
        this.tracking = tracking;
        this.drains = drains;
        this.backlog = backlog;
    }

    Outlet outlet(Client client, Claim claim) {
        return new Outlet(client, drains, claim);
    }

    /**
     * Opens the account of one call.
     *
     * @param prices the edition that all of the call is priced by
     */
    Settlement open(Order order, PriceBook prices, Hold hold) {
        Settlement.Call call = new Settlement.Call(order, prices, hold);
        return new Settlement(call, new Recorder(bodies, tracking), backlog);
    }

    Drains drains() {
        return drains;
    }
}
