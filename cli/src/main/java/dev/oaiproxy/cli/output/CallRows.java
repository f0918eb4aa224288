package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.api.AdminApi.ChargeLine;
import java.util.List;

/** Calls with their costs, as rows. */
public final class CallRows {
    private static final int NAME = 12;
    private static final String INPUT = "IN TOKENS";
    private static final String OUTPUT = "OUT TOKENS";

    public static final List<Column<Call>> COLUMNS =
            List.of(
                    Column.text("id", Call::id),
                    Column.time("at", Call::at),
                    Column.text("user", Call::user).shrinks(NAME),
                    Column.text("key", Call::key).rank(5),
                    Column.text("operation", Call::operation).shrinks(NAME).rank(4),
                    Column.text("model", Call::model).shrinks(NAME).rank(1),
                    Column.text("state", Call::state).rank(2),
                    Column.number("input_tokens", Call::inputTokens).titled(INPUT).rank(3),
                    Column.number("output_tokens", Call::outputTokens).titled(OUTPUT).rank(3),
                    Column.money("cost_usd", Call::costUsd));

    /** Calls with their holds. */
    public static final List<Column<Call>> HOLDS =
            List.of(
                    Column.text("id", Call::id),
                    Column.text("user", Call::user).shrinks(NAME),
                    Column.text("model", Call::model).shrinks(NAME),
                    Column.money("held_usd", Call::heldUsd),
                    Column.money("cost_usd", Call::costUsd));

    private static final List<Column<ChargeLine>> CHARGE =
            List.of(
                    Column.text("unit", ChargeLine::unit),
                    Column.number("quantity", ChargeLine::quantity),
                    Column.text("", _ -> "x"),
                    Column.exact("rate_usd", ChargeLine::rateUsd),
                    Column.text("", _ -> "/"),
                    Column.number("per", ChargeLine::per),
                    Column.text("", _ -> "="),
                    Column.exact("cost_usd", ChargeLine::costUsd));

    private CallRows() {}

    /** A call and how it went, with exact amounts. */
    public static PropertyList card(CallDetail detail) {
        Call call = detail.call();
        return PropertyList.of(
                        "id",
                        call.id(),
                        "at",
                        call.at(),
                        "ended_at",
                        detail.endedAt(),
                        "user",
                        call.user(),
                        "key",
                        call.key(),
                        "operation",
                        call.operation(),
                        "model",
                        call.model(),
                        "tier",
                        detail.tier(),
                        "state",
                        call.state(),
                        "reason",
                        call.reason(),
                        "adjusts",
                        detail.adjusts(),
                        "status",
                        detail.status() == 0 ? "" : detail.status(),
                        "input_tokens",
                        call.inputTokens(),
                        "output_tokens",
                        call.outputTokens(),
                        "held_usd",
                        call.heldUsd(),
                        "cost_usd",
                        call.costUsd(),
                        "price_version",
                        call.priceVersion())
                .exact();
    }

    /** A charge's explanation: quantity x rate / per = cost, and the sum. */
    public static Table explanation(CallDetail detail) {
        String cost = detail.call().costUsd();
        return Table.of(CHARGE, detail.lines())
                .withTotal(List.of("charged", " ", " ", " ", " ", " ", "=", cost));
    }
}
