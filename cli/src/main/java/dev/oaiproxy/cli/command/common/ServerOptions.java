package dev.oaiproxy.cli.command.common;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the commands that read the settings of a server. */
public final class ServerOptions {
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

    /** The given values by the paths of their settings. */
    public Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        OptionValues.put(settings, "server.port", port);
        OptionValues.put(settings, "home", home);
        OptionValues.put(settings, "config", config);
        return settings;
    }
}
