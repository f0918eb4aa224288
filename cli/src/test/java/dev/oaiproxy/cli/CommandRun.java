package dev.oaiproxy.cli;

import dev.oaiproxy.api.OfflineTools;
import dev.oaiproxy.api.Program;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.output.Display;
import dev.oaiproxy.cli.output.Prompts;
import dev.oaiproxy.cli.output.Terminal;
import dev.oaiproxy.cli.settings.CliSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** A run of a command line with a fake environment, and its output. */
public final class CommandRun {
    public static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final Path folder;
    private boolean terminal;
    private Display display = Display.usual(ZoneId.of("UTC"));
    private Optional<Prompts> prompts = Optional.empty();
    private Optional<OfflineTools> offlineTools = Optional.empty();
    private final Map<String, String> programSettings = new LinkedHashMap<>();

    public CommandRun(Path folder) {
        this.folder = folder;
    }

    /** A run with the server's address and login. */
    public static CommandRun against(FakeServer server, Path folder) {
        return new CommandRun(folder)
                .variable("OAIPROXY_URL", server.url())
                .variable("PROXY_SERVER_USER", "admin")
                .variable("PROXY_SERVER_PASS", "pass-word");
    }

    public CommandRun variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public CommandRun atTerminal() {
        terminal = true;
        return this;
    }

    public CommandRun display(Display other) {
        display = other;
        return this;
    }

    /** A terminal user who gives these answers in turn. */
    public CommandRun answering(String... answers) {
        var queue = new ArrayDeque<>(List.of(answers));
        prompts = Optional.of(new Prompts(q -> queue.remove(), q -> queue.remove()));
        return this;
    }

    /** A run with the code of the server. */
    public CommandRun withServer() {
        return with(ServiceLoader.load(OfflineTools.class).findFirst().orElseThrow());
    }

    public CommandRun with(OfflineTools tools) {
        offlineTools = Optional.of(tools);
        return this;
    }

    public int run(String... args) {
        return Main.run(context(), args);
    }

    public String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    public Map<String, String> programSettings() {
        return programSettings;
    }

    public CommandContext context() {
        return new CommandContext(
                new CliSettings(environment, folder),
                new Terminal(stream(out), stream(err), terminal, false, prompts, display),
                Clock.fixed(NOW, ZoneOffset.UTC),
                name -> Optional.of(new RecordingProgram(name)),
                () -> offlineTools);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    /** A program that records its settings and ends. */
    private final class RecordingProgram implements Program {
        private final String name;

        RecordingProgram(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int run(Map<String, String> settings) {
            programSettings.putAll(settings);
            return name.equals("serve") ? 0 : 7;
        }
    }
}
