package dev.oaiproxy.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.server.key.Caller;
import dev.oaiproxy.server.key.Key;
import dev.oaiproxy.server.key.KeyRing;
import dev.oaiproxy.server.ledger.Balance;
import dev.oaiproxy.server.ledger.UsageGroup;
import dev.oaiproxy.server.ledger.UsageQuery;
import dev.oaiproxy.server.relay.Refusal;
import dev.oaiproxy.server.store.Quotas;
import dev.oaiproxy.server.store.UsageReport;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code GET /me}: what the holder of a key may know of it. */
public final class Me {
    private final KeyRing keys;
    private final Quotas quotas;
    private final UsageReport usage;
    private final InstantSource clock;
    private final Optional<String> baseUrl;

    /**
     * @param baseUrl what clients must have as their base URL; empty when that is not known
     */
    public Me(
            KeyRing keys,
            Quotas quotas,
            UsageReport usage,
            InstantSource clock,
            Optional<String> baseUrl) {
        this.keys = keys;
        this.quotas = quotas;
        this.usage = usage;
        this.clock = clock;
        this.baseUrl = baseUrl;
    }

    void answer(Visitor visitor, ServerResponse response) {
        String presented = visitor.presented();
        switch (keys.identify(presented)) {
            case Caller.Known known -> send(response, describe(known.key()));
            case Caller.Unknown _ ->
                    HelidonClient.send(
                            response, visitor.refuse(new Refusal.UnknownKey(presented != null)));
            case Caller.Revoked revoked ->
                    HelidonClient.send(
                            response, visitor.refuse(new Refusal.RevokedKey(revoked.id())));
            case Caller.Expired expired ->
                    HelidonClient.send(
                            response, visitor.refuse(new Refusal.ExpiredKey(expired.id())));
        }
    }

    private static void send(ServerResponse response, ObjectNode body) {
        response.header("Content-Type", "application/json");
        response.send(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private ObjectNode describe(Key key) {
        ObjectNode me = JsonNodeFactory.instance.objectNode();
        me.put("user", key.user()).put("key", key.id().text());
        baseUrl.ifPresent(url -> me.put("base_url", url));
        balance(me.putObject("key_quota"), quotas.find("key:" + key.id()));
        balance(me.putObject("user_quota"), quotas.find("user:" + key.user()));
        UsageQuery query =
                new UsageQuery(
                        Instant.EPOCH,
                        clock.instant().plusSeconds(1),
                        List.of(UsageQuery.By.MODEL),
                        null,
                        key.id().text(),
                        null);
        for (UsageGroup group : usage.groups(query)) {
            me.withObject("/spent_by_model").put(group.group().getFirst(), group.cost().toString());
        }
        return me;
    }

    private static void balance(ObjectNode node, Optional<Balance> found) {
        found.ifPresent(
                balance ->
                        node.put("limit_usd", text(balance.limits().spend()))
                                .put("period", balance.limits().period().label())
                                .put("spent_usd", text(balance.spent()))
                                .put("held_usd", text(balance.held()))
                                .put("remaining_usd", text(balance.remaining()))
                                .put("resets_at", text(balance.resetsAt())));
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
