package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.Status;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.metering.price.book.Prices;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** The handlers of the admin API of a server that has been set up. */
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
     * The objects that the handlers work with.
     *
     * @param login the administrator's name and password
     * @param baseUrl the base URL for users' clients; empty when it is not known
     * @param status the state of the server
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
     * The name and the password of the administrator.
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
