package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keys and quotas, as rows. */
public final class KeyRows {
    private KeyRows() {}

    public static Table keys(List<AdminApi.Key> keys) {
        List<Column> columns =
                List.of(
                        Column.text("id"),
                        Column.text("user"),
                        Column.text("name"),
                        Column.text("state"),
                        Column.money("limit_usd"),
                        Column.text("period"),
                        Column.money("spent_usd"),
                        Column.money("remaining_usd"),
                        Column.text("expires_at"));
        return Table.of(columns, keys.stream().map(KeyRows::key).toList());
    }

    public static PropertyList card(AdminApi.Key key) {
        AdminApi.Quota quota = key.quota();
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

    public static Table quotas(List<AdminApi.Quota> quotas) {
        List<Column> columns =
                List.of(
                        Column.text("scope"),
                        Column.money("limit_usd"),
                        Column.text("period"),
                        Column.money("spent_usd"),
                        Column.money("held_usd"),
                        Column.money("remaining_usd"),
                        Column.text("resets_at"),
                        Column.number("rpm"),
                        Column.number("tpm"),
                        Column.number("parallel"));
        return Table.of(columns, quotas.stream().map(KeyRows::quota).toList());
    }

    private static List<String> key(AdminApi.Key key) {
        AdminApi.Quota quota = key.quota();
        return Table.row(
                key.id(),
                key.user(),
                key.name(),
                key.state(),
                limit(quota),
                quota.period(),
                quota.spentUsd(),
                quota.remainingUsd(),
                key.expiresAt());
    }

    private static List<String> quota(AdminApi.Quota quota) {
        return Table.row(
                quota.scope(),
                limit(quota),
                quota.period(),
                quota.spentUsd(),
                quota.heldUsd(),
                quota.remainingUsd(),
                quota.resetsAt(),
                quota.rpm(),
                quota.tpm(),
                quota.parallel());
    }

    private static String limit(AdminApi.Quota quota) {
        @Nullable String limit = quota.limitUsd();
        return Objects.requireNonNullElse(limit, "none");
    }
}
