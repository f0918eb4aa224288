package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.Status;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.metering.price.book.Prices;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** The handlers of the admin API of a server that has been set up. */
public final class AdminHandlers {
    final AdminAuth auth;
    final KeysHandler keys;
    final QuotasHandler quotas;
    final GroupsHandler groups;
    final UsageHandler usage;
    final CallsHandler calls;
    final PricesHandler prices;
    final AuditHandler audit;
    final AdminEventsHandler events;
    final Supplier<Status> status;

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

    /**
     * Makes all handlers.
     *
     * @param baseUrl the base URL for users' clients; empty when it is not known
     * @param status the state of the server
     */
    public AdminHandlers(
            Login login,
            Optional<String> baseUrl,
            Store store,
            Prices prices,
            InstantSource clock,
            Supplier<Status> status) {
        this.auth = new AdminAuth(login, clock);
        this.keys = new KeysHandler(store.keys(), store.quotas(), clock, baseUrl);
        this.quotas = new QuotasHandler(store.quotas(), clock);
        this.groups = new GroupsHandler(store.groups(), store.quotas());
        this.usage = new UsageHandler(store.usage(), clock);
        this.calls = new CallsHandler(store.calls(), store.bodies(), store.ids(), clock);
        this.prices = new PricesHandler(prices);
        this.audit = new AuditHandler(store.audit());
        this.events = new AdminEventsHandler(store.trail());
        this.status = status;
    }
}
