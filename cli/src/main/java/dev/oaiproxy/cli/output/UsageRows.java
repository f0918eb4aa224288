package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

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
        List<String> label = new ArrayList<>(usage.by().stream().map(name -> " ").toList());
        if (!label.isEmpty()) {
            label.set(0, "total");
        }
        return Table.of(columns, rows).withTotal(cells(label, usage.total()));
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
