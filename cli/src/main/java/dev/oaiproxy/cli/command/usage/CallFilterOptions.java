package dev.oaiproxy.cli.command.usage;

import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.command.common.Identifiers;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select calls. */
final class CallFilterOptions {
    /** The states that a call can be in. */
    enum CallState {
        HELD,
        CHARGED,
        RELEASED,
        ESTIMATED,
        ADJUSTED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(names = "--user", paramLabel = "NAME", description = "One user only.")
    private @Nullable String user;

    @Option(names = "--key", paramLabel = "ID", description = "One key only.")
    private @Nullable String key;

    @Option(names = "--model", paramLabel = "MODEL", description = "One model only.")
    private @Nullable String model;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "One state only: ${COMPLETION-CANDIDATES}.")
    private @Nullable CallState callState;

    @Option(
            names = "--over-hold",
            description = "Only calls that were charged more than was held for them.")
    private boolean overHold;

    Query query() {
        return Query.none()
                .with("user", user)
                .with("key", key == null ? null : Identifiers.publicId(key))
                .with("model", model)
                .with("state", callState)
                .with("over_hold", overHold ? true : null);
    }

    /** True when only calls that cost more than their hold are selected. */
    boolean overHoldOnly() {
        return overHold;
    }

    /** True when only calls in flight are selected. */
    boolean heldOnly() {
        return callState == CallState.HELD;
    }
}
