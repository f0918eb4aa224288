package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Usage, as rows. */
public final class UsageRows {
    private UsageRows() {}

    /** The report as a table, with its total. */
    public static Table table(AdminApi.Usage usage) {
        List<Column> columns = new ArrayList<>(usage.by().stream().map(Column::text).toList());
        columns.add(Column.number("calls"));
        columns.add(Column.number("input_tokens"));
        columns.add(Column.number("cached_tokens"));
        columns.add(Column.number("output_tokens"));
        columns.add(Column.money("cost_usd"));
        List<List<String>> rows =
                usage.data().stream().map(row -> cells(row.group().values(), row)).toList();
        return Table.of(columns, rows).withTotal(cells(label(usage), usage.total()));
    }

    /** Holds and costs side by side, with the total. */
    public static Table holds(AdminApi.Usage usage) {
        List<Column> columns = new ArrayList<>(usage.by().stream().map(Column::text).toList());
        columns.add(Column.number("calls"));
        columns.add(Column.money("held_usd"));
        columns.add(Column.money("cost_usd"));
        columns.add(Column.money("held_per_cost"));
        List<List<String>> rows =
                usage.data().stream().map(row -> held(row.group().values(), row)).toList();
        return Table.of(columns, rows).withTotal(held(label(usage), usage.total()));
    }

    private static List<String> label(AdminApi.Usage usage) {
        List<String> label = new ArrayList<>(usage.by().stream().map(name -> " ").toList());
        if (!label.isEmpty()) {
            label.set(0, "total");
        }
        return label;
    }

    private static List<String> held(Collection<String> group, AdminApi.UsageRow row) {
        List<String> cells = new ArrayList<>(group);
        String held = Objects.requireNonNullElse(row.heldUsd(), "");
        cells.addAll(List.of(Long.toString(row.calls()), held, row.costUsd(), times(held, row)));
        return cells;
    }

    private static String times(String held, AdminApi.UsageRow row) {
        BigDecimal cost = new BigDecimal(row.costUsd());
        return held.isEmpty() || cost.signum() <= 0
                ? ""
                : new BigDecimal(held).divide(cost, 1, RoundingMode.HALF_UP).toPlainString();
    }

    private static List<String> cells(Collection<String> group, AdminApi.UsageRow row) {
        List<String> cells = new ArrayList<>(group);
        cells.add(Long.toString(row.calls()));
        cells.add(Long.toString(row.inputTokens()));
        cells.add(Long.toString(row.cachedTokens()));
        cells.add(Long.toString(row.outputTokens()));
        cells.add(row.costUsd());
        return cells;
    }
}
