package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.api.OfflineTools.CheckResult;
import dev.oaiproxy.api.OfflineTools.CheckScope;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.OutputOptions;
import dev.oaiproxy.cli.command.common.ServerOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks the installation here. */
@Command(
        name = "doctor",
        description = {
            "Check this installation, and say how to repair what is wrong: versions,"
                    + " settings, folder, database, tables, other servers, prices, port.",
            "",
            "Needs no running server, reads the settings as serve does, and changes nothing. Exit"
                    + " code 1 when something fails; warnings alone are 0."
        },
        footer = {
            "  oaiproxy doctor                        before an upgrade, or when something fails",
            "  oaiproxy doctor --upstream             and check the key at OpenAI",
            "  oaiproxy doctor --home /var/lib/oaip   of another folder",
            "  oaiproxy doctor --format json | jq '.[] | select(.state != \"ok\")'"
        })
public final class DoctorCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final ServerOptions serverOptions = new ServerOptions();

    @Option(
            names = "--upstream",
            description = "Also check the key at OpenAI, by a request for its models.")
    private boolean upstream;

    @Mixin private final OutputOptions output;

    DoctorCommand(CommandContext context) {
        this.context = context;
        this.output = new OutputOptions(context);
    }

    @Override
    public Integer call() {
        CheckScope scope = upstream ? CheckScope.WITH_OPENAI : CheckScope.INSTALLATION;
        List<CheckResult> findings =
                context.tools().examine(serverOptions.settings(), scope, context.clock());
        var rows = new DoctorRows(findings);
        output.printer().print(rows.table(), rows.json());
        context.terminal().say(rows.words());
        return rows.failed() == 0 ? 0 : 1;
    }
}
