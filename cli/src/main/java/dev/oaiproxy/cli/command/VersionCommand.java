package dev.oaiproxy.cli.command;

import dev.oaiproxy.cli.command.common.CommandContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** Prints the version. */
@Command(
        name = "version",
        description = "Show the version.",
        footer = {"  oaiproxy version", "  oaiproxy --version"})
final class VersionCommand implements Runnable, IVersionProvider {
    private static final String DESCRIPTOR =
            "/META-INF/maven/dev.oaiproxy/oaiproxy-cli/pom.properties";

    private final CommandContext context;

    VersionCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        context.terminal().out().println(text());
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }

    private static String text() {
        return "oaiproxy " + number().orElse("(built from source)");
    }

    /** The version that Maven wrote into the jar; classes in a folder have none. */
    private static Optional<String> number() {
        try (InputStream stream = VersionCommand.class.getResourceAsStream(DESCRIPTOR)) {
            if (stream == null) {
                return Optional.empty();
            }
            var properties = new Properties();
            properties.load(stream);
            return Optional.ofNullable(properties.getProperty("version"));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
