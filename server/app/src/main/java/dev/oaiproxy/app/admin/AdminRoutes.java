package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.GroupApi;
import dev.oaiproxy.api.QuotaApi;
import dev.oaiproxy.base.alarm.FatalErrors;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.log.RefusalLog;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Takes requests to {@code /admin/v1}, checks the password, and calls their handler. */
public final class AdminRoutes implements HttpService {
    private static final Logger LOG = System.getLogger(AdminRoutes.class.getName());

    private final Supplier<Optional<AdminHandlers>> handlers;
    private final SetupHandler setup;
    private final ByteBudget memory;
    private final MetricsHandler metrics;
    private final RefusalLog refusalLog;

    /**
     * Takes requests from now on.
     *
     * @param handlers empty while the server is not set up
     * @param memory the budget of bytes that all clients share
     * @param refusalLog counts and logs refused logins
     */
    public AdminRoutes(
            Supplier<Optional<AdminHandlers>> handlers,
            SetupHandler setup,
            MetricsHandler metrics,
            ByteBudget memory,
            RefusalLog refusalLog) {
        this.handlers = handlers;
        this.memory = memory;
        this.setup = setup;
        this.metrics = metrics;
        this.refusalLog = refusalLog;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post(AdminApi.SETUP, this::firstSetup);
        rules.get(MetricsHandler.PATH, this::metrics);
        rules.get(AdminApi.STATUS, to(AdminRoutes::status));
        rules.get(AdminApi.USERS, to((handlers, e) -> handlers.keys.users(e)));
        rules.get(AdminApi.KEYS, to((handlers, e) -> handlers.keys.list(e)));
        rules.post(AdminApi.KEYS, to((handlers, e) -> handlers.keys.create(e)));
        rules.get(AdminApi.KEYS + "/{id}", to((handlers, e) -> handlers.keys.show(e)));
        rules.delete(AdminApi.KEYS + "/{id}", to((handlers, e) -> handlers.keys.revoke(e)));
        quotas(rules, AdminApi.QUOTAS + "/{scope}");
        // The scope of a member has two parts.
        quotas(rules, AdminApi.QUOTAS + "/{scope}/{user}");
        rules.get(AdminApi.QUOTAS, to((handlers, e) -> handlers.quotas.list(e)));
        groups(rules);
        rules.get(AdminApi.USAGE, to((handlers, e) -> handlers.usage.show(e)));
        rules.get(AdminApi.CALLS, to((handlers, e) -> handlers.calls.list(e)));
        rules.get(AdminApi.CALLS + "/{id}", to((handlers, e) -> handlers.calls.show(e)));
        rules.post(
                AdminApi.CALLS + "/{id}/adjustments",
                to((handlers, e) -> handlers.calls.adjust(e)));
        rules.get(AdminApi.PRICES, to((handlers, e) -> handlers.prices.list(e)));
        rules.get(AdminApi.AUDIT, to((handlers, e) -> handlers.audit.run(e)));
        rules.get(AdminApi.EVENTS, to((handlers, e) -> handlers.events.list(e)));
        rules.any(AdminApi.ROOT + "/*", to((_, _) -> unknown()));
    }

    private void quotas(HttpRules rules, String path) {
        rules.get(path, to((handlers, e) -> handlers.quotas.show(e)));
        rules.patch(path, to((handlers, e) -> handlers.quotas.change(e)));
        rules.put(path, to((handlers, e) -> handlers.quotas.set(e)));
        rules.delete(path, to((handlers, e) -> handlers.quotas.remove(e)));
        rules.post(path + QuotaApi.RAISES, to((handlers, e) -> handlers.quotas.raise(e)));
    }

    private void groups(HttpRules rules) {
        String one = GroupApi.GROUPS + "/{name}";
        String members = one + GroupApi.MEMBERS;
        rules.get(GroupApi.GROUPS, to((handlers, e) -> handlers.groups.list(e)));
        rules.post(GroupApi.GROUPS, to((handlers, e) -> handlers.groups.create(e)));
        rules.get(one, to((handlers, e) -> handlers.groups.show(e)));
        rules.delete(one, to((handlers, e) -> handlers.groups.delete(e)));
        rules.post(members, to((handlers, e) -> handlers.groups.addMembers(e)));
        rules.delete(members + "/{user}", to((handlers, e) -> handlers.groups.removeMember(e)));
    }

    private Handler to(BiConsumer<AdminHandlers, AdminRequest> action) {
        return (request, response) -> authorised(request, response, action);
    }

    private void authorised(
            ServerRequest request,
            ServerResponse response,
            BiConsumer<AdminHandlers, AdminRequest> action) {
        AdminRequest stranger = new AdminRequest(request, response, actor(request), memory);
        AdminHandlers open = handlers.get().orElse(null);
        if (open == null) {
            stranger.problem(
                    new ProblemException(
                            503,
                            "Not set up",
                            "this server has not been set up; run: oaiproxy setup"));
            return;
        }
        answer(
                stranger,
                () -> {
                    stranger.requireOwnSite();
                    AdminRequest known =
                            new AdminRequest(request, response, admit(open.auth, request), memory);
                    answer(
                            known,
                            () -> {
                                known.requireJson();
                                action.accept(open, known);
                            });
                });
    }

    private Actor admit(AdminAuth adminAuth, ServerRequest request) {
        String source = source(request);
        String header = request.headers().first(HeaderNames.AUTHORIZATION).orElse(null);
        try {
            return adminAuth
                    .check(header, source)
                    .map(name -> new Actor(name, source))
                    .orElseThrow(
                            () ->
                                    new ProblemException(
                                            401,
                                            "Not authorised",
                                            "the admin user or password is missing or wrong"));
        } catch (ProblemException e) {
            String shown = header == null ? "no_password" : "wrong_password";
            refusalLog.add(
                    e.problem().status() == 429 ? "too_many_passwords" : shown, null, source);
            throw e;
        }
    }

    private void firstSetup(ServerRequest request, ServerResponse response) {
        AdminRequest adminRequest = new AdminRequest(request, response, actor(request), memory);
        answer(
                adminRequest,
                () -> {
                    adminRequest.requireOwnSite();
                    setup.handle(request, adminRequest);
                });
    }

    private void metrics(ServerRequest request, ServerResponse response) {
        if (metrics.isOpenTo(request)) {
            metrics.send(response);
        } else {
            authorised(request, response, (_, _) -> metrics.send(response));
        }
    }

    private static void answer(AdminRequest adminRequest, Runnable action) {
        try {
            action.run();
        } catch (ProblemException e) {
            adminRequest.problem(e);
        } catch (IllegalArgumentException e) {
            adminRequest.problem(ProblemException.badRequest(String.valueOf(e.getMessage())));
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "event=admin_request_failed cause={0}", e.toString());
            adminRequest.problem(
                    new ProblemException(
                            503, "Unavailable", e.words().orElse("the database is not available")));
        } catch (Error e) {
            // Helidon would take it for the end of one request.
            FatalErrors.report(e);
            throw e;
        }
    }

    private static void status(AdminHandlers handlers, AdminRequest adminRequest) {
        adminRequest.allowParameters();
        adminRequest.send(handlers.status.get());
    }

    private static void unknown() {
        throw ProblemException.notFound("no such path in the admin API");
    }

    private static Actor actor(ServerRequest request) {
        return new Actor("", source(request));
    }

    private static String source(ServerRequest request) {
        // Behind a trusted proxy, who it says that the request came from.
        return ClientConnection.current()
                .flatMap(connection -> Optional.ofNullable(connection.address()))
                .map(source -> source.address().getHostAddress())
                .orElseGet(() -> AddressRanges.address(request.remotePeer().address()));
    }
}
