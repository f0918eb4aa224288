package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ServerOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the server. */
@Command(
        name = "serve",
        description = {
            "Start the proxy and run it until it is told to stop (Ctrl-C or SIGTERM).",
            "",
            "Settings come from the command line, the environment, .env and application.yaml, in"
                    + " that order."
        },
        footer = {
            "  oaiproxy serve                        on port 5000, settings from this folder",
            "  oaiproxy serve --port 8080            on another port",
            "  oaiproxy serve --home /var/lib/oaip   .env and database in another folder"
        })
public final class ServeCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final ServerOptions serverOptions = new ServerOptions();

    ServeCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        return context.run("serve", serverOptions.settings());
    }
}
