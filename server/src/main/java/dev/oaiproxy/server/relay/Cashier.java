package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.price.PriceBook;
import dev.oaiproxy.server.quota.Hold;
import dev.oaiproxy.server.store.Bodies;

/** Opens the settlement of each call, with the prices to charge it at. */
public final class Cashier {
    private final PriceBook prices;
    private final Bodies bodies;
    private final Tracking tracking;

    public Cashier(PriceBook prices, Bodies bodies, Tracking tracking) {
        this.prices = prices;
        this.bodies = bodies;
        this.tracking = tracking;
    }

    Settlement open(Plan.Metered plan, Hold hold, byte[] request) {
        return new Settlement(prices, plan.order(), hold, new Recorder(bodies, tracking, request));
    }
}
