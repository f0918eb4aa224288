package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.api.AdminApi.Quota;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the order of rows that have a quota. */
public final class RowOrder {
    enum SortKey {
        /** The highest first. */
        SPENT,
        /** The least first; no limit is the most. */
        LEFT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--sort",
            paramLabel = "spent|left",
            description = "The highest spending first, or who has the least left.")
    private @Nullable SortKey key;

    /** The rows in the order that was asked for, else as they are. */
    public <T> List<T> sorted(List<T> rows, Function<T, Quota> quota) {
        if (key == null) {
            return rows;
        }
        Comparator<T> order =
                switch (key) {
                    case SPENT ->
                            Comparator.comparing((T row) -> spent(quota.apply(row))).reversed();
                    case LEFT -> Comparator.comparing((T row) -> left(quota.apply(row)));
                };
        return rows.stream().sorted(order).toList();
    }

    private static BigDecimal spent(Quota quota) {
        return new BigDecimal(quota.spentUsd());
    }

    private static BigDecimal left(Quota quota) {
        String left = quota.remainingUsd();
        return left == null ? BigDecimal.valueOf(Long.MAX_VALUE) : new BigDecimal(left);
    }
}
