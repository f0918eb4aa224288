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
            "Keys, quotas, corrections and the set-up are on it. Nothing on it is ever changed."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  oaiproxy trail", "  oaiproxy trail --limit 500 --format csv > trail.csv"})
public final class TrailCommand implements Runnable {
    private static final List<Column> COLUMNS =
            List.of(
                    Column.text("at"),
                    Column.text("actor"),
                    Column.text("source"),
                    Column.text("action"),
                    Column.text("subject"),
                    Column.text("before"),
                    Column.text("after"));

    @Mixin private final ConnectionOptions connection;
    @Mixin private final LimitOption limit = new LimitOption();

    TrailCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        Page<AdminApi.AdminEvent> page = connection.client().events(limit.rows());
        Table table = Table.of(COLUMNS, page.data().stream().map(TrailCommand::row).toList());
        connection.printer().print(table, page);
        limit.tell(connection.terminal(), page, "changes");
    }

    private static List<String> row(AdminApi.AdminEvent event) {
        return Table.row(
                event.at(),
                event.actor(),
                event.source(),
                event.action(),
                event.subject(),
                event.before(),
                event.after());
    }
}
