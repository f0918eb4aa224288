package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.Status;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.metering.price.book.Prices;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** What is behind the door once the server has been set up. */
public final class AdminHandlers {
    private final AdminAuth adminAuth;
    private final KeysHandler keys;
    private final QuotasHandler quotas;
    private final UsageHandler usage;
    private final CallsHandler calls;
    private final PricesHandler prices;
    private final AuditHandler audit;
    private final AdminEventsHandler trail;
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

    public AdminHandlers(Parts parts) {
        Store store = parts.store();
        InstantSource clock = parts.clock();
        this.adminAuth = new AdminAuth(parts.login().user(), parts.login().password(), clock);
        this.keys = new KeysHandler(store.keys(), store.quotas(), clock, parts.baseUrl());
        this.quotas = new QuotasHandler(store.quotas());
        this.usage = new UsageHandler(store.usage(), clock);
        this.calls = new CallsHandler(store.calls(), store.bodies(), parts.ids(), clock);
        this.prices = new PricesHandler(parts.prices());
        this.audit = new AuditHandler(store.audit());
        this.trail = new AdminEventsHandler(store.trail());
        this.status = parts.status();
    }

    AdminAuth guard() {
        return adminAuth;
    }

    KeysHandler keys() {
        return keys;
    }

    QuotasHandler quotas() {
        return quotas;
    }

    UsageHandler usage() {
        return usage;
    }

    CallsHandler calls() {
        return calls;
    }

    PricesHandler prices() {
        return prices;
    }

    AuditHandler audit() {
        return audit;
    }

    AdminEventsHandler trail() {
        return trail;
    }

    Status status() {
        return status.get();
    }
}
