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
            description = "The folder of .env, the database and the spool; default: OAIPROXY_HOME.")
    private @Nullable Path home;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "An application.yaml of your own.")
    private @Nullable Path config;

    /** The given values by the paths of their settings. */
    public Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        put(settings, "server.port", port);
        put(settings, "home", home);
        put(settings, "config", config);
        return settings;
    }

    /** Adds the value of an option that was given. */
    public static void put(Map<String, String> values, String name, @Nullable Object value) {
        if (value != null) {
            values.put(name, value.toString());
        }
    }
}
