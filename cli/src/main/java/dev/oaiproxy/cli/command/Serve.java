package dev.oaiproxy.cli.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the server. */
@Command(
        name = "serve",
        description = {
            "Start the proxy and run it until it is told to stop (Ctrl-C or SIGTERM).",
            "",
            "Settings come from the command line, the environment, .env and application.yaml, in"
                    + " that order.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy serve                        on port 5000, settings from this folder",
            "  oaiproxy serve --port 8080            on another port",
            "  oaiproxy serve --home /var/lib/oaip   .env and database in another folder"
        })
final class Serve implements Callable<Integer> {
    private final Shell shell;

    @Option(names = "--port", paramLabel = "N", description = "The port; 0 for any free one.")
    private @Nullable Integer port;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Where .env, the database and the spool lie; else OAIPROXY_HOME.")
    private @Nullable Path home;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "An application.yaml of your own.")
    private @Nullable Path config;

    Serve(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        var settings = new LinkedHashMap<String, String>();
        Programs.put(settings, "server.port", port);
        Programs.put(settings, "home", home);
        Programs.put(settings, "config", config);
        return Programs.run(shell, "serve", settings);
    }
}
