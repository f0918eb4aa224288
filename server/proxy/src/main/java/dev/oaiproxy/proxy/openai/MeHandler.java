package dev.oaiproxy.proxy.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.Scope;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.key.KeyRing;
import dev.oaiproxy.ledger.ledger.UsageGroup;
import dev.oaiproxy.ledger.ledger.UsageQuery;
import dev.oaiproxy.ledger.store.report.Calls;
import dev.oaiproxy.ledger.store.report.UsageReport;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.table.Quotas;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /me} and {@code /me/calls} with the facts that the holder of a key may know.
 */
public final class MeHandler {
    private final KeyRing keys;
    private final Quotas quotas;
    private final UsageReport usage;
    private final MyCallsHandler calls;
    private final InstantSource clock;
    private final Optional<String> baseUrl;

    /**
     * @param baseUrl the base URL for clients; empty when unknown
     */
    public MeHandler(
            KeyRing keys,
            Quotas quotas,
            UsageReport usage,
            Calls calls,
            InstantSource clock,
            Optional<String> baseUrl) {
        this.keys = keys;
        this.quotas = quotas;
        this.usage = usage;
        this.calls = new MyCallsHandler(calls);
        this.clock = clock;
        this.baseUrl = baseUrl;
    }

    void answer(
            ClientIdentity clientIdentity,
            ServerRequest request,
            RequestTarget target,
            ServerResponse response) {
        switch (answer(clientIdentity, request, target)) {
            case MyCallsHandler.MyCallsResult.Json found -> send(response, found.json());
            case MyCallsHandler.MyCallsResult.Failed failed ->
                    HelidonClient.send(response, failed.why());
        }
    }

    private MyCallsHandler.MyCallsResult answer(
            ClientIdentity clientIdentity, ServerRequest request, RequestTarget target) {
        try {
            String presented = clientIdentity.presented();
            Key key = RefusedException.requireKey(keys.identify(presented), presented);
            return answer(key, clientIdentity, request, target);
        } catch (RefusedException e) {
            return refused(clientIdentity, e.refusal());
        } catch (StoreException unreadable) {
            return refused(
                    clientIdentity, new Refusal.LedgerUnavailable("the database cannot be read"));
        }
    }

    private static MyCallsHandler.MyCallsResult refused(
            ClientIdentity clientIdentity, Refusal why) {
        return new MyCallsHandler.MyCallsResult.Failed(clientIdentity.refuse(why));
    }

    private MyCallsHandler.MyCallsResult answer(
            Key key, ClientIdentity clientIdentity, ServerRequest request, RequestTarget target) {
        Method method = request.prologue().method();
        if (!method.equals(Method.GET) && !method.equals(Method.HEAD)) {
            return refused(clientIdentity, new Refusal.WrongMethod(List.of("GET")));
        }
        MyCallsHandler.MyCallsResult result =
                target.isMyself()
                        ? new MyCallsHandler.MyCallsResult.Json(describe(key))
                        : target.myCall()
                                .map(id -> calls.show(key, id))
                                .orElseGet(() -> calls.list(key, request.query()));
        if (result instanceof MyCallsHandler.MyCallsResult.Failed failed) {
            clientIdentity.refuse(failed.why());
        }
        return result;
    }

    private static void send(ServerResponse response, ObjectNode body) {
        response.header("Content-Type", "application/json");
        response.send(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private ObjectNode describe(Key key) {
        ObjectNode me = JsonNodeFactory.instance.objectNode();
        me.put("user", key.user()).put("key", key.id().text());
        baseUrl.ifPresent(url -> me.put("base_url", url));
        me.put("expires_at", text(key.expiresAt()));
        ArrayNode models = me.putArray("models");
        (key.models().isEmpty() ? List.of("*") : key.models()).forEach(models::add);
        if (key.group() != null) {
            me.put("group", key.group().name());
        }
        balance(me.putObject("key_quota"), quotas.find("key:" + key.id()));
        balance(me.putObject("user_quota"), quotas.find("user:" + key.user()));
        limits(me, key);
        UsageQuery query =
                new UsageQuery(
                        Instant.EPOCH,
                        clock.instant().plusSeconds(1),
                        List.of(UsageQuery.By.MODEL),
                        null,
                        key.id().text(),
                        null);
        ObjectNode spent = me.putObject("spent_by_model");
        for (UsageGroup group : usage.groups(query)) {
            spent.put(group.group().getFirst(), group.cost().toString());
        }
        return me;
    }

    /** All quotas with a limit that bind the calls of a key, and the one with the least left. */
    private void limits(ObjectNode me, Key key) {
        Set<String> payers = payers(key);
        List<AccountBalance> binding =
                quotas.binding(key.user()).stream()
                        .filter(quota -> payers.contains(quota.scope()))
                        .filter(quota -> quota.remaining() != null)
                        .toList();
        ArrayNode all = me.putArray("limits");
        binding.forEach(quota -> limit(all.addObject(), quota));
        binding.stream()
                .min(Comparator.comparing(quota -> Objects.requireNonNull(quota.remaining())))
                .ifPresentOrElse(
                        quota -> limit(me.putObject("nearest_limit"), quota),
                        () -> me.putNull("nearest_limit"));
    }

    private static Set<String> payers(Key key) {
        String user = key.user();
        Key.Membership group = key.group();
        return group == null
                ? Set.of(Scope.EVERYONE, Scope.user(user), Scope.key(key.id().text()))
                : Set.of(
                        Scope.EVERYONE,
                        Scope.group(group.name()),
                        Scope.member(group.name(), user),
                        Scope.user(user),
                        Scope.key(key.id().text()));
    }

    private static void limit(ObjectNode node, AccountBalance quota) {
        node.put("scope", quota.scope());
        ArrayNode models = node.putArray("models");
        (quota.models().isEmpty() ? List.of("*") : quota.models()).forEach(models::add);
        balance(node, Optional.of(quota));
    }

    private static void balance(ObjectNode node, Optional<AccountBalance> found) {
        found.ifPresent(
                balance ->
                        node.put("limit_usd", text(balance.limit()))
                                .put("period", balance.limits().period().label())
                                .put("spent_usd", text(balance.spent()))
                                .put("held_usd", text(balance.held()))
                                .put("remaining_usd", text(balance.remaining()))
                                .put("resets_at", text(balance.resetsAt()))
                                .put("rpm", balance.limits().requestsPerMinute())
                                .put("tpm", balance.limits().tokensPerMinute())
                                .put("parallel", balance.limits().parallel()));
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
