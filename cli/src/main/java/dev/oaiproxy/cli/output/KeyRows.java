package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Quota;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keys and quotas, as rows. */
public final class KeyRows {
    private static final int NAME = 16;
    private static final int LABEL = 8;
    private static final String LEFT = "LEFT USD";

    public static final List<Column<AdminApi.Key>> KEYS =
            List.of(
                    Column.text("id", AdminApi.Key::id),
                    Column.text("user", AdminApi.Key::user).shrinks(NAME),
                    Column.text("name", AdminApi.Key::name).shrinks(LABEL).rank(3),
                    Column.text("state", AdminApi.Key::state).rank(1),
                    Column.money("limit_usd", key -> limit(key.quota())),
                    Column.<AdminApi.Key>text("period", key -> key.quota().period()).rank(2),
                    Column.money("spent_usd", key -> key.quota().spentUsd()),
                    Column.money("remaining_usd", KeyRows::remaining).titled(LEFT),
                    Column.time("expires_at", AdminApi.Key::expiresAt).rank(4));

    public static final List<Column<Quota>> QUOTAS =
            List.of(
                    Column.text("scope", Quota::scope).shrinks(NAME),
                    Column.money("limit_usd", KeyRows::limit),
                    Column.text("period", Quota::period).rank(1),
                    Column.money("spent_usd", Quota::spentUsd),
                    Column.money("held_usd", Quota::heldUsd).rank(2),
                    Column.money("remaining_usd", Quota::remainingUsd).titled(LEFT),
                    Column.time("resets_at", Quota::resetsAt).rank(3),
                    Column.number("rpm", Quota::rpm).rank(4),
                    Column.number("tpm", Quota::tpm).rank(4),
                    Column.number("parallel", Quota::parallel).rank(4));

    private KeyRows() {}

    public static PropertyList card(AdminApi.Key key) {
        Quota quota = key.quota();
        return PropertyList.of(
                "id", key.id(),
                "user", key.user(),
                "name", key.name(),
                "state", key.state(),
                "created_at", key.createdAt(),
                "expires_at", key.expiresAt(),
                "models", key.models().isEmpty() ? "all" : String.join(",", key.models()),
                "limit_usd", limit(quota),
                "period", quota.period(),
                "spent_usd", quota.spentUsd(),
                "held_usd", quota.heldUsd(),
                "remaining_usd", quota.remainingUsd(),
                "resets_at", quota.resetsAt(),
                "rpm", quota.rpm(),
                "tpm", quota.tpm(),
                "parallel", quota.parallel());
    }

    /** A quota in a few words for people. */
    public static String words(Quota quota) {
        String spent = PersonFormat.usd(quota.spentUsd());
        String limit = quota.limitUsd();
        return limit == null
                ? spent + " USD spent, no limit"
                : "%s of %s USD spent (%s)"
                        .formatted(spent, PersonFormat.usd(limit), quota.period());
    }

    private static @Nullable String remaining(AdminApi.Key key) {
        return key.quota().remainingUsd();
    }

    private static String limit(Quota quota) {
        @Nullable String limit = quota.limitUsd();
        return Objects.requireNonNullElse(limit, "none");
    }
}
