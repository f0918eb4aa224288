package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Quota;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keys and quotas, as rows. */
public final class KeyRows {
    public static final List<Column<AdminApi.Key>> KEYS =
            List.of(
                    Column.text("id", AdminApi.Key::id),
                    Column.text("user", AdminApi.Key::user),
                    Column.text("name", AdminApi.Key::name),
                    Column.text("state", AdminApi.Key::state),
                    Column.money("limit_usd", key -> limit(key.quota())),
                    Column.text("period", key -> key.quota().period()),
                    Column.money("spent_usd", key -> key.quota().spentUsd()),
                    Column.money("remaining_usd", key -> key.quota().remainingUsd()),
                    Column.text("expires_at", AdminApi.Key::expiresAt));

    public static final List<Column<Quota>> QUOTAS =
            List.of(
                    Column.text("scope", Quota::scope),
                    Column.money("limit_usd", KeyRows::limit),
                    Column.text("period", Quota::period),
                    Column.money("spent_usd", Quota::spentUsd),
                    Column.money("held_usd", Quota::heldUsd),
                    Column.money("remaining_usd", Quota::remainingUsd),
                    Column.text("resets_at", Quota::resetsAt),
                    Column.number("rpm", Quota::rpm),
                    Column.number("tpm", Quota::tpm),
                    Column.number("parallel", Quota::parallel));

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

    private static String limit(Quota quota) {
        @Nullable String limit = quota.limitUsd();
        return Objects.requireNonNullElse(limit, "none");
    }
}
