package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi.Usage;
import dev.oaiproxy.api.AdminApi.UsageRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Usage, as rows. */
public final class UsageRows {
    private static final int NAME = 22;
    private static final int LONGEST_BAR = 10;
    private static final String TOTAL = "total";
    private static final String FULL = "\u2588";

    /** Blocks of so many eighths of a character. */
    private static final List<String> EIGHTHS =
            List.of("", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a", "\u2589");

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

    /** The report as programs get it. */
    public static Table table(Usage usage) {
        return withTotal(usage, grouped(usage, USED), USED);
    }

    /** The same with the share of each row in the total cost, in per cent. */
    public static Table shares(Usage usage) {
        List<Column<UsageRow>> figures = new ArrayList<>(USED);
        figures.add(Column.number("share_percent", row -> share(row, usage)));
        return withTotal(usage, grouped(usage, figures), figures);
    }

    /** The report for people, with shares, a bar for each, and the total. */
    public static Table forPeople(Usage usage, Terminal terminal) {
        List<Column<UsageRow>> figures = new ArrayList<>(USED);
        figures.add(Column.<UsageRow>number("share", row -> percent(row, usage)).rank(1));
        figures.add(Column.<UsageRow>text("", row -> bar(row, usage, terminal)).rank(2));
        return withTotal(usage, grouped(usage, figures), figures);
    }

    /** Holds and costs side by side, with the total. */
    public static Table holds(Usage usage) {
        return withTotal(usage, grouped(usage, HELD), HELD);
    }

    /** A table with the total as its last row, for programs, too. */
    public static Table endingInTotal(Table table, Usage usage) {
        List<List<String>> rows = new ArrayList<>(table.rows());
        List<String> total = new ArrayList<>();
        for (int i = 0; i < usage.by().size(); i++) {
            total.add(i == 0 ? TOTAL : "");
        }
        total.addAll(Column.cells(USED, usage.total()));
        while (total.size() < table.columns().size()) {
            total.add("100.0");
        }
        rows.add(total);
        return new Table(table.columns(), rows, Optional.empty());
    }

    private static Table grouped(Usage usage, List<Column<UsageRow>> figures) {
        List<Column<UsageRow>> columns = new ArrayList<>();
        for (String name : usage.by()) {
            columns.add(Column.<UsageRow>text(name, row -> row.group().get(name)).shrinks(NAME));
        }
        columns.addAll(figures);
        return Table.of(columns, usage.data());
    }

    private static Table withTotal(Usage usage, Table table, List<Column<UsageRow>> figures) {
        List<String> total = new ArrayList<>();
        usage.by().forEach(_ -> total.add(total.isEmpty() ? TOTAL : " "));
        total.addAll(Column.cells(figures, usage.total()));
        if (figures.getLast().name().isEmpty()) {
            total.set(total.size() - 1, " ");
        }
        return table.withTotal(total);
    }

    private static @Nullable String percent(UsageRow row, Usage usage) {
        String share = share(row, usage);
        return share == null ? null : share + " %";
    }

    /** A row's part of the total cost in per cent; null where nothing was spent. */
    private static @Nullable String share(UsageRow row, Usage usage) {
        BigDecimal total = new BigDecimal(usage.total().costUsd());
        return total.signum() <= 0
                ? null
                : new BigDecimal(row.costUsd())
                        .movePointRight(2)
                        .divide(total, 1, RoundingMode.HALF_UP)
                        .toPlainString();
    }

    /** A row's part of the highest cost, as a bar in eighths of a character. */
    private static String bar(UsageRow row, Usage usage, Terminal terminal) {
        BigDecimal most =
                usage.data().stream()
                        .map(one -> new BigDecimal(one.costUsd()))
                        .reduce(BigDecimal.ZERO, BigDecimal::max);
        BigDecimal cost = new BigDecimal(row.costUsd());
        if (most.signum() <= 0 || cost.signum() <= 0) {
            return " ";
        }
        int eighths =
                cost.multiply(BigDecimal.valueOf(8L * LONGEST_BAR))
                        .divide(most, 0, RoundingMode.CEILING)
                        .intValue();
        boolean blocks = terminal.out().charset().newEncoder().canEncode(FULL);
        return blocks
                ? FULL.repeat(eighths / 8) + EIGHTHS.get(eighths % 8)
                : "#".repeat((eighths + 7) / 8);
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
