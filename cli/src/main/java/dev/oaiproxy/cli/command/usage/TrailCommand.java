package dev.oaiproxy.cli.command.usage;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.Identifiers;
import dev.oaiproxy.cli.command.common.LimitOption;
import dev.oaiproxy.cli.output.Column;
import dev.oaiproxy.cli.output.Table;
import dev.oaiproxy.cli.settings.TimeExpressions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the audit trail of administrators' changes. */
@Command(
        name = "trail",
        description = {
            "Show what administrators changed: who, what, when, from where, before and after.",
            "",
            "It covers keys, quotas, corrections and the set-up. Entries are never changed."
        },
        footer = {
            "  oaiproxy trail --since week",
            "  oaiproxy trail --action key --actor admin     what admin did with keys",
            "  oaiproxy trail --subject user:bob             changes of bob's quota",
            "  oaiproxy trail --limit 500 --format csv > trail.csv"
        })
public final class TrailCommand implements Runnable {
    private static final List<Column<AdminApi.AdminEvent>> COLUMNS =
            List.of(
                    Column.text("at", AdminApi.AdminEvent::at),
                    Column.text("actor", AdminApi.AdminEvent::actor),
                    Column.text("source", AdminApi.AdminEvent::source),
                    Column.text("action", AdminApi.AdminEvent::action),
                    Column.text("subject", AdminApi.AdminEvent::subject),
                    Column.text("before", AdminApi.AdminEvent::before),
                    Column.text("after", AdminApi.AdminEvent::after));

    private static final List<Column<AdminApi.AdminEvent>> FOR_PEOPLE =
            List.of(
                    Column.time("at", AdminApi.AdminEvent::at),
                    Column.<AdminApi.AdminEvent>text("actor", AdminApi.AdminEvent::actor)
                            .titled("WHO")
                            .shrinks(8),
                    Column.<AdminApi.AdminEvent>text("source", AdminApi.AdminEvent::source)
                            .titled("FROM")
                            .rank(1),
                    Column.<AdminApi.AdminEvent>prose("", EventWords::of).titled("WHAT"));

    private final CommandContext context;
    @Mixin private final ConnectionOptions connection;
    @Mixin private final LimitOption limit = new LimitOption();

    @Option(names = "--actor", paramLabel = "NAME", description = "Changes by one operator only.")
    private @Nullable String actor;

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description = "One kind only: key.create, or key for all that is done with keys.")
    private @Nullable String action;

    @Option(
            names = "--subject",
            paramLabel = "SCOPE",
            description = "Changes of one thing only: key:ID, user:bob or everyone.")
    private @Nullable String subject;

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "The start: 24h, 7d, today, week, month, 2026-11 or 2026-11-01.")
    private @Nullable String since;

    @Option(
            names = "--until",
            paramLabel = "WHEN",
            description = "The end, written like the start, and not included.")
    private @Nullable String until;

    TrailCommand(CommandContext context) {
        this.context = context;
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        Page<AdminApi.AdminEvent> page = connection.client().events(query(), limit.rows());
        connection
                .printer()
                .print(Table.of(FOR_PEOPLE, page.data()), Table.of(COLUMNS, page.data()), page);
        limit.tell(connection.terminal(), page, "changes");
    }

    private Query query() {
        var times = new TimeExpressions(context.clock());
        return Query.none()
                .with("actor", actor)
                .with("action", action)
                .with("subject", subject == null ? null : Identifiers.scope(subject))
                .with("since", since == null ? null : times.past(since))
                .with("until", until == null ? null : times.past(until));
    }
}
