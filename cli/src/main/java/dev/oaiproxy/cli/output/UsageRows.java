package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi.Usage;
import dev.oaiproxy.api.AdminApi.UsageRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Usage, as rows. */
public final class UsageRows {
    private static final int NAME = 12;

    private static final List<Column<UsageRow>> USED =
            List.of(
                    Column.number("calls", UsageRow::calls),
                    Column.number("input_tokens", UsageRow::inputTokens)
                            .titled("IN TOKENS")
                            .rank(3),
                    Column.number("cached_tokens", UsageRow::cachedTokens).titled("CACHED").rank(4),
                    Column.number("output_tokens", UsageRow::outputTokens)
                            .titled("OUT TOKENS")
                            .rank(3),
                    Column.money("cost_usd", UsageRow::costUsd));

    private static final List<Column<UsageRow>> HELD =
            List.of(
                    Column.number("calls", UsageRow::calls),
                    Column.money("held_usd", UsageRow::heldUsd),
                    Column.money("cost_usd", UsageRow::costUsd),
                    Column.exact("held_per_cost", UsageRows::times));

    private UsageRows() {}

    /** The report as a table, with its total. */
    public static Table table(Usage usage) {
        return grouped(usage, USED);
    }

    /** Holds and costs side by side, with the total. */
    public static Table holds(Usage usage) {
        return grouped(usage, HELD);
    }

    private static Table grouped(Usage usage, List<Column<UsageRow>> figures) {
        List<Column<UsageRow>> columns = new ArrayList<>();
        List<String> total = new ArrayList<>();
        for (String name : usage.by()) {
            columns.add(Column.<UsageRow>text(name, row -> row.group().get(name)).shrinks(NAME));
            total.add(total.isEmpty() ? "total" : " ");
        }
        columns.addAll(figures);
        total.addAll(Column.cells(figures, usage.total()));
        return Table.of(columns, usage.data()).withTotal(total);
    }

    private static @Nullable String times(UsageRow row) {
        BigDecimal cost = new BigDecimal(row.costUsd());
        return row.heldUsd() == null || cost.signum() <= 0
                ? null
                : new BigDecimal(row.heldUsd())
                        .divide(cost, 1, RoundingMode.HALF_UP)
                        .toPlainString();
    }
}
