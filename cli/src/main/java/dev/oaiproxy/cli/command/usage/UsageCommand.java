package dev.oaiproxy.cli.command.usage;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.output.UsageRows;
import dev.oaiproxy.cli.settings.TimeExpressions;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reports usage and costs. */
@Command(
        name = "usage",
        description = "Show who used what, and what it cost. The total is shown to people only.",
        footer = {
            "  oaiproxy usage                                    30 days, by user",
            "  oaiproxy usage --since 7d --by user,model",
            "  oaiproxy usage --since 2026-11-01 --until 2026-12-01 --by day --user bob",
            "  oaiproxy usage --since 24h --by hour --format csv",
            "  oaiproxy usage --holds --by operation,model       to tune what is held"
        })
public final class UsageCommand implements Runnable {
    enum UsageGrouping {
        USER,
        KEY,
        MODEL,
        OPERATION,
        DAY,
        HOUR;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final CommandContext context;
    @Mixin private final ConnectionOptions connection;

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            defaultValue = "30d",
            description = "The start: 24h, 7d, 2w or 2026-11-01; default: ${DEFAULT-VALUE}.")
    private String since = "";

    @Option(
            names = "--until",
            paramLabel = "WHEN",
            description = "The end, not included; default: now.")
    private @Nullable String until;

    @Option(
            names = "--by",
            split = ",",
            paramLabel = "GROUP",
            defaultValue = "user",
            description = "Any of ${COMPLETION-CANDIDATES}, by commas; default: ${DEFAULT-VALUE}.")
    private List<UsageGrouping> by = List.of();

    @Mixin private final CallFilterOptions filter = new CallFilterOptions();

    @Option(
            names = "--holds",
            description = "Also show the holds, and each hold as a multiple of the cost.")
    private boolean holds;

    UsageCommand(CommandContext context) {
        this.context = context;
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        AdminApi.Usage usage = connection.client().usage(query());
        connection.printer().print(holds ? UsageRows.holds(usage) : UsageRows.table(usage), usage);
        if (usage.data().isEmpty()) {
            connection.terminal().say("no calls since " + usage.since());
        }
    }

    private Query query() {
        var timeExpressions = new TimeExpressions(context.clock());
        Query query =
                Query.none()
                        .with("since", timeExpressions.past(since))
                        .with("until", until == null ? null : timeExpressions.past(until))
                        .with(
                                "by",
                                by.stream()
                                        .distinct()
                                        .map(UsageGrouping::toString)
                                        .collect(Collectors.joining(",")));
        return filter.addTo(query).with("holds", holds ? true : null);
    }
}
