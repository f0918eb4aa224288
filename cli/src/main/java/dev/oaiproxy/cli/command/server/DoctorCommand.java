package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.api.OfflineTools.CheckResult;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ServerOptions;
import dev.oaiproxy.cli.output.DoctorRows;
import dev.oaiproxy.cli.output.OutputFormat;
import dev.oaiproxy.cli.output.Printer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks the installation here. */
@Command(
        name = "doctor",
        description = {
            "Look the installation here over, and say of what is not well what to do: versions,"
                    + " settings, folder, database, tables, other servers, prices, port.",
            "",
            "Needs no running server, reads the settings as serve does, and changes nothing. Exit"
                    + " code 1 when something fails; warnings alone are 0.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy doctor                        before an upgrade, or when something is off",
            "  oaiproxy doctor --upstream             and ask OpenAI whether it takes the key",
            "  oaiproxy doctor --home /var/lib/oaip   of another folder",
            "  oaiproxy doctor --format json | jq '.[] | select(.state != \"ok\")'"
        })
public final class DoctorCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final ServerOptions serverOptions = new ServerOptions();

    @Option(
            names = "--upstream",
            description = "Ask OpenAI for its models, to see whether it takes the key.")
    private boolean upstream;

    @Option(
            names = "--format",
            paramLabel = "table|json|csv",
            description = "The form of the answer; else a table, or tabs in a pipe.")
    private @Nullable OutputFormat outputFormat;

    DoctorCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        List<CheckResult> findings =
                context.tools().examine(serverOptions.settings(), upstream, context.clock());
        var rows = new DoctorRows(findings);
        new Printer(context.terminal(), Optional.ofNullable(outputFormat))
                .print(rows.table(), rows.json());
        context.terminal().say(rows.words());
        return rows.failed() == 0 ? 0 : 1;
    }
}
