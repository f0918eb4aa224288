package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.api.AdminApi.KeyRequest;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.api.AdminApi.User;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.key.KeyId;
import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.table.Keys;
import dev.oaiproxy.ledger.store.table.Quotas;
import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Creates, shows and revokes keys. */
final class KeysHandler {
    private final Keys keys;
    private final Quotas quotas;
    private final InstantSource clock;
    private final @Nullable String baseUrl;

    KeysHandler(Keys keys, Quotas quotas, InstantSource clock, Optional<String> baseUrl) {
        this.keys = keys;
        this.quotas = quotas;
        this.clock = clock;
        this.baseUrl = baseUrl.orElse(null);
    }

    void create(AdminRequest request) {
        KeyRequest order = request.body(KeyRequest.class);
        Secret secret = keys.create(terms(order), request.actor());
        request.send(201, new CreatedKey(secret.reveal(), view(find(secret.id())), baseUrl));
    }

    void list(AdminRequest request) {
        request.allowParameters("user", "all");
        boolean all = request.parameter("all").map("true"::equals).orElse(false);
        Map<String, AccountBalance> balances = balances();
        String user = request.parameter("user").map(KeysHandler::userName).orElse(null);
        List<AdminApi.Key> data =
                keys.list(user).stream()
                        .filter(key -> all || !key.revoked())
                        .map(key -> view(key, balances.get("key:" + key.id())))
                        .toList();
        request.send(new Page<>(data, null));
    }

    void show(AdminRequest request) {
        request.send(view(find(id(request))));
    }

    void revoke(AdminRequest request) {
        KeyId id = id(request);
        if (!keys.revoke(id, request.actor())) {
            throw noSuchKey(id.text());
        }
        request.send(view(find(id)));
    }

    void users(AdminRequest request) {
        request.allowParameters();
        Map<String, AccountBalance> balances = balances();
        List<User> data =
                keys.users().stream()
                        .map(user -> view(user, balances.get("user:" + user.name())))
                        .toList();
        request.send(new Page<>(data, null));
    }

    /** Names of users are case-insensitive, in every database. */
    static String userName(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private KeySettings terms(KeyRequest order) {
        if (order.user() == null) {
            throw ProblemException.badRequest("user is missing");
        }
        Instant expires = expiry(order.expiresAt());
        return new KeySettings(
                userName(order.user()),
                order.group() == null ? null : userName(order.group()),
                order.name() == null ? "" : order.name(),
                order.models() == null ? List.of() : order.models(),
                expires,
                new AccountLimits(
                        order.quotaUsd() == null ? null : Usd.parse(order.quotaUsd()),
                        order.period() == null
                                ? QuotaPeriod.TOTAL
                                : QuotaPeriod.labelled(order.period()),
                        order.rpm(),
                        order.tpm(),
                        order.parallel()));
    }

    private @Nullable Instant expiry(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            Instant expires = Instant.parse(text);
            if (expires.isAfter(clock.instant())) {
                return expires;
            }
        } catch (DateTimeParseException e) {
            throw ProblemException.badRequest("expires_at must be like 2027-01-31T00:00:00Z");
        }
        throw ProblemException.badRequest("expires_at has already passed");
    }

    private Key find(KeyId id) {
        return keys.find(id).orElseThrow(() -> noSuchKey(id.text()));
    }

    private static KeyId id(AdminRequest request) {
        String text = request.segment("id");
        if (!KeyId.isValid(text)) {
            throw noSuchKey(text.length() <= 16 ? text : "that");
        }
        return new KeyId(text);
    }

    private static ProblemException noSuchKey(String id) {
        return ProblemException.notFound(
                "no key " + id + "; 'oaiproxy key list' shows the public ids");
    }

    private Map<String, AccountBalance> balances() {
        return quotas.list().stream()
                .collect(
                        Collectors.toMap(
                                AccountBalance::scope,
                                Function.identity(),
                                (first, further) -> first));
    }

    private AdminApi.Key view(Key key) {
        return view(key, quotas.find("key:" + key.id()).orElse(null));
    }

    private AdminApi.Key view(Key key, @Nullable AccountBalance balance) {
        if (balance == null) {
            throw new IllegalStateException("the key " + key.id() + " has no account");
        }
        return new AdminApi.Key(
                key.id().text(),
                key.user(),
                key.name(),
                state(key),
                key.createdAt().toString(),
                key.expiresAt() == null ? null : key.expiresAt().toString(),
                key.models(),
                QuotasHandler.view(balance),
                key.group() == null ? null : key.group().name());
    }

    private String state(Key key) {
        if (key.revoked()) {
            return "revoked";
        }
        return key.hasExpired(clock.instant()) ? "expired" : "active";
    }

    private static User view(Keys.User user, @Nullable AccountBalance balance) {
        return new User(
                user.name(),
                user.active() ? "active" : "disabled",
                user.createdAt().toString(),
                user.keys(),
                balance == null ? "0.00" : balance.spent().toString());
    }
}
