package dev.oaiproxy.cli.command.usage;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Table;
import dev.oaiproxy.cli.output.Terminal;
import dev.oaiproxy.cli.output.UsageRows;
import dev.oaiproxy.cli.settings.TimeExpressions;
import java.math.BigDecimal;
import java.util.Comparator;
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
        description = {
            "Show who used what, and what it cost.",
            "",
            "A terminal also gets the share of each row, a bar and the total; others get them with"
                    + " --shares and --total."
        },
        footer = {
            "  oaiproxy usage                                    30 days, by user",
            "  oaiproxy usage --since 7d --by user,model",
            "  oaiproxy usage --since month --top 5              who spent most this month",
            "  oaiproxy usage --since last-month --until month --total --format csv > report.csv",
            "  oaiproxy usage --since 2026-11 --until 2026-12 --by day --user bob",
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
            description =
                    "The start: 24h, 7d, 2w, today, yesterday, week, month, last-month, 2026-11 or"
                            + " 2026-11-01; default: ${DEFAULT-VALUE}.")
    private String since = "";

    @Option(
            names = "--until",
            paramLabel = "WHEN",
            description = "The end, written like the start, and not included; default: now.")
    private @Nullable String until;

    @Option(
            names = "--by",
            split = ",",
            paramLabel = "GROUP",
            defaultValue = "user",
            description = "Any of ${COMPLETION-CANDIDATES}, by commas; default: ${DEFAULT-VALUE}.")
    private List<UsageGrouping> by = List.of();

    @Option(
            names = "--top",
            paramLabel = "N",
            description = "Only the N rows with the highest cost, the highest first.")
    private @Nullable Integer top;

    @Option(names = "--shares", description = "Also give programs each row's share in per cent.")
    private boolean shares;

    @Option(names = "--total", description = "Also give programs the total, as the last row.")
    private boolean total;

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
        if (top != null && top < 1) {
            throw Failure.usage("--top is a number from 1 on", "write --top 5");
        }
        AdminClient client = connection.client();
        AdminApi.Usage all = client.usage(query());
        if (all.data().isEmpty()) {
            filter.requireKnown(client);
        }
        AdminApi.Usage usage = top == null ? all : highest(all, top);
        Table forPrograms = forPrograms(usage);
        Terminal terminal = connection.terminal();
        connection
                .printer()
                .print(
                        holds ? forPrograms : UsageRows.forPeople(usage, terminal),
                        forPrograms,
                        usage);
        if (all.data().isEmpty()) {
            terminal.say("no calls since " + terminal.time(all.since()));
        } else if (usage.data().size() < all.data().size()) {
            terminal.say("the first %d of %d".formatted(usage.data().size(), all.data().size()));
        }
    }

    private Table forPrograms(AdminApi.Usage usage) {
        if (holds) {
            return UsageRows.holds(usage);
        }
        Table table = shares ? UsageRows.shares(usage) : UsageRows.table(usage);
        return total ? UsageRows.endingInTotal(table, usage) : table;
    }

    /** The rows with the highest cost; the total stays that of all. */
    private static AdminApi.Usage highest(AdminApi.Usage usage, int most) {
        List<AdminApi.UsageRow> rows =
                usage.data().stream()
                        .sorted(
                                Comparator.comparing(
                                        (AdminApi.UsageRow row) -> new BigDecimal(row.costUsd()),
                                        Comparator.reverseOrder()))
                        .limit(most)
                        .toList();
        return new AdminApi.Usage(
                usage.since(), usage.until(), usage.by(), rows, usage.total(), usage.next());
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
