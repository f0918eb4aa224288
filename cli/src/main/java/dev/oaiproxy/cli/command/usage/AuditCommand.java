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
                    + " cost is its buckets times its rates.",
            "",
            "Prints what differs, one row each; exit code 1 when anything does."
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
