package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.Status;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.metering.price.book.Prices;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** What is behind the door once the server has been set up. */
public final class Desks {
    private final Guard guard;
    private final KeysDesk keys;
    private final QuotasDesk quotas;
    private final UsageDesk usage;
    private final CallsDesk calls;
    private final PricesDesk prices;
    private final AuditDesk audit;
    private final TrailDesk trail;
    private final Supplier<Status> status;

    /**
     * What the desks work with.
     *
     * @param login the administrator's name and password
     * @param baseUrl what users' clients must have as their base URL; empty when that is not known
     * @param status tells how the server is
     */
    public record Parts(
            Login login,
            Optional<String> baseUrl,
            Store store,
            Prices prices,
            CallIds ids,
            InstantSource clock,
            Supplier<Status> status) {}

    /**
     * Who the administrator is.
     *
     * @param password is kept as a hash only
     */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    public Desks(Parts parts) {
        Store store = parts.store();
        InstantSource clock = parts.clock();
        this.guard = new Guard(parts.login().user(), parts.login().password(), clock);
        this.keys = new KeysDesk(store.keys(), store.quotas(), clock, parts.baseUrl());
        this.quotas = new QuotasDesk(store.quotas());
        this.usage = new UsageDesk(store.usage(), clock);
        this.calls = new CallsDesk(store.calls(), store.bodies(), parts.ids(), clock);
        this.prices = new PricesDesk(parts.prices());
        this.audit = new AuditDesk(store.audit());
        this.trail = new TrailDesk(store.trail());
        this.status = parts.status();
    }

    Guard guard() {
        return guard;
    }

    KeysDesk keys() {
        return keys;
    }

    QuotasDesk quotas() {
        return quotas;
    }

    UsageDesk usage() {
        return usage;
    }

    CallsDesk calls() {
        return calls;
    }

    PricesDesk prices() {
        return prices;
    }

    AuditDesk audit() {
        return audit;
    }

    TrailDesk trail() {
        return trail;
    }

    Status status() {
        return status.get();
    }
}
