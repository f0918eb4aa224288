package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
                usage.data().stream().map(row -> cells(row.group(), row)).toList();
        List<String> label = new ArrayList<>(usage.by().stream().map(name -> " ").toList());
        if (!label.isEmpty()) {
            label.set(0, "total");
        }
        return Table.of(columns, rows).withTotal(cells(label, usage.total()));
    }

    /** The report as JSON has it: each row with the fields that it is grouped by. */
    public static Map<String, @Nullable Object> answer(AdminApi.Usage usage) {
        var answer = new LinkedHashMap<String, @Nullable Object>();
        answer.put("since", usage.since());
        answer.put("until", usage.until());
        answer.put("data", usage.data().stream().map(row -> fields(usage, row)).toList());
        answer.put("total", sums(usage.total()));
        answer.put("next", null);
        return answer;
    }

    private static Map<String, Object> fields(AdminApi.Usage usage, AdminApi.UsageRow row) {
        var fields = new LinkedHashMap<String, Object>();
        for (int i = 0; i < usage.by().size(); i++) {
            fields.put(usage.by().get(i), row.group().get(i));
        }
        fields.putAll(sums(row));
        return fields;
    }

    private static Map<String, Object> sums(AdminApi.UsageRow row) {
        var sums = new LinkedHashMap<String, Object>();
        sums.put("calls", row.calls());
        sums.put("input_tokens", row.inputTokens());
        sums.put("cached_tokens", row.cachedTokens());
        sums.put("output_tokens", row.outputTokens());
        sums.put("cost_usd", row.costUsd());
        return sums;
    }

    private static List<String> cells(List<String> group, AdminApi.UsageRow row) {
        List<String> cells = new ArrayList<>(group);
        sums(row).values().forEach(value -> cells.add(value.toString()));
        return cells;
    }
}
