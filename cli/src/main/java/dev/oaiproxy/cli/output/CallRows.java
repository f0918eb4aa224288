package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi;
import java.util.List;

/** Calls and what they cost, as rows. */
public final class CallRows {
    public static final List<Column> COLUMNS =
            List.of(
                    Column.text("id"),
                    Column.text("at"),
                    Column.text("user"),
                    Column.text("key"),
                    Column.text("operation"),
                    Column.text("model"),
                    Column.text("state"),
                    Column.number("input_tokens"),
                    Column.number("output_tokens"),
                    Column.money("cost_usd"));

    private CallRows() {}

    /** Calls as a table, in the order given. */
    public static Table table(List<AdminApi.Call> calls) {
        return Table.of(COLUMNS, calls.stream().map(CallRows::row).toList());
    }

    /** Calls beside what was held for them, in the order given. */
    public static Table aboveHold(List<AdminApi.Call> calls) {
        List<Column> columns =
                List.of(
                        Column.text("id"),
                        Column.text("user"),
                        Column.text("model"),
                        Column.money("held_usd"),
                        Column.money("cost_usd"));
        return Table.of(
                columns,
                calls.stream()
                        .map(
                                call ->
                                        Table.row(
                                                call.id(),
                                                call.user(),
                                                call.model(),
                                                call.heldUsd(),
                                                call.costUsd()))
                        .toList());
    }

    public static List<String> row(AdminApi.Call call) {
        return Table.row(
                call.id(),
                call.at(),
                call.user(),
                call.key(),
                call.operation(),
                call.model(),
                call.state(),
                call.inputTokens(),
                call.outputTokens(),
                call.costUsd());
    }

    /** A call and how it went. */
    public static PropertyList card(AdminApi.CallDetail detail) {
        AdminApi.Call call = detail.call();
        return PropertyList.of(
                "id", call.id(),
                "at", call.at(),
                "ended_at", detail.endedAt(),
                "user", call.user(),
                "key", call.key(),
                "operation", call.operation(),
                "model", call.model(),
                "tier", detail.tier(),
                "state", call.state(),
                "reason", call.reason(),
                "adjusts", detail.adjusts(),
                "status", detail.status() == 0 ? "" : detail.status(),
                "input_tokens", call.inputTokens(),
                "output_tokens", call.outputTokens(),
                "held_usd", call.heldUsd(),
                "cost_usd", call.costUsd(),
                "price_version", call.priceVersion());
    }

    /** A charge's explanation: quantity x rate / per = cost, and the sum. */
    public static Table explanation(AdminApi.CallDetail detail) {
        List<Column> columns =
                List.of(
                        Column.text("unit"),
                        Column.number("quantity"),
                        Column.text(""),
                        Column.money("rate_usd"),
                        Column.text(""),
                        Column.number("per"),
                        Column.text(""),
                        Column.money("cost_usd"));
        List<List<String>> rows = detail.lines().stream().map(CallRows::term).toList();
        String cost = detail.call().costUsd();
        return Table.of(columns, rows)
                .withTotal(List.of("charged", " ", " ", " ", " ", " ", "=", cost));
    }

    private static List<String> term(AdminApi.ChargeLine line) {
        return Table.row(
                line.unit(),
                line.quantity(),
                "x",
                line.rateUsd(),
                "/",
                line.per(),
                "=",
                line.costUsd());
    }
}
