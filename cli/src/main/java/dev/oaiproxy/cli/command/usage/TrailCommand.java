package dev.oaiproxy.cli.command.usage;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.LimitOption;
import dev.oaiproxy.cli.output.Column;
import dev.oaiproxy.cli.output.Table;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the audit trail of administrators' changes. */
@Command(
        name = "trail",
        description = {
            "Show what administrators changed: who, what, when, from where, before and after.",
            "",
            "It covers keys, quotas, corrections and the set-up. Entries are never changed."
        },
        footer = {"  oaiproxy trail", "  oaiproxy trail --limit 500 --format csv > trail.csv"})
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

    @Mixin private final ConnectionOptions connection;
    @Mixin private final LimitOption limit = new LimitOption();

    TrailCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        Page<AdminApi.AdminEvent> page = connection.client().events(limit.rows());
        connection.printer().print(Table.of(COLUMNS, page.data()), page);
        limit.tell(connection.terminal(), page, "changes");
    }
}
