package dev.oaiproxy.cli.command.usage;

import dev.oaiproxy.api.AdminApi.AuditReport;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.output.AuditRows;
import dev.oaiproxy.cli.output.Table;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Audits the ledger. */
@Command(
        name = "audit",
        description = {
            "Prove the books: charges = accounts = roll-ups, no hold without an owner, and every"
                    + " cost is its units times their rates.",
            "",
            "Prints one row for each difference; exit code 1 when there is one."
        },
        footer = {
            "  oaiproxy audit",
            "  oaiproxy audit --format json | jq .balanced",
            "  oaiproxy audit || mail -s 'the books differ' admin@example.com < /dev/null"
        })
public final class AuditCommand implements Callable<Integer> {
    @Mixin private final ConnectionOptions connection;

    AuditCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public Integer call() {
        AuditReport report = connection.client().audit();
        boolean silent = report.findings().isEmpty() && !connection.printer().rowsOnly();
        if (!silent) {
            connection.printer().print(Table.of(AuditRows.COLUMNS, report.findings()), report);
        }
        connection.terminal().say(AuditRows.words(report));
        return report.balanced() ? 0 : 1;
    }
}
