package dev.oaiproxy.cli.command.key;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Period and rates of a quota. */
final class QuotaOptions {
    enum QuotaPeriod {
        TOTAL,
        DAY,
        WEEK,
        MONTH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--period",
            paramLabel = "total|day|week|month",
            description =
                    "When the quota starts again: never (total), or with each calendar day, week or"
                            + " month.")
    private @Nullable QuotaPeriod period;

    @Option(names = "--rpm", paramLabel = "N", description = "Requests a minute.")
    private @Nullable Long rpm;

    @Option(names = "--tpm", paramLabel = "N", description = "Tokens a minute.")
    private @Nullable Long tpm;

    @Option(names = "--parallel", paramLabel = "N", description = "Calls at once.")
    private @Nullable Long parallel;

    @Nullable String period() {
        return period == null ? null : period.toString();
    }

    @Nullable Long rpm() {
        return rpm;
    }

    @Nullable Long tpm() {
        return tpm;
    }

    @Nullable Long parallel() {
        return parallel;
    }

    boolean empty() {
        return period == null && rpm == null && tpm == null && parallel == null;
    }
}
