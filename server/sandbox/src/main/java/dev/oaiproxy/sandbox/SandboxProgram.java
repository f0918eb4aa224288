package dev.oaiproxy.sandbox;

import dev.oaiproxy.api.Program;
import java.io.PrintStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * The command {@code oaiproxy sandbox}: runs the stand-in as its own process. Its settings are
 * {@code sandbox.port}, {@code sandbox.api-key} and {@code sandbox.delay} (such as {@code 20ms}).
 */
public final class SandboxProgram implements Program {
    private static final int USAGE = 2;
    private static final Set<String> KNOWN =
            Set.of("sandbox.port", "sandbox.api-key", "sandbox.delay");

    private final PrintStream out;

    public SandboxProgram() {
        this(System.out);
    }

    SandboxProgram(PrintStream out) {
        this.out = out;
    }

    @Override
    public String name() {
        return "sandbox";
    }

    @Override
    public int run(Map<String, String> settings) {
        StandInSettings read;
        try {
            read = settings(settings);
        } catch (IllegalArgumentException wrong) {
            System.err.println("oaiproxy sandbox: " + wrong.getMessage());
            return USAGE;
        }
        CountDownLatch told = new CountDownLatch(1);
        try (OpenAiStandIn standIn = OpenAiStandIn.start(read)) {
            Runtime.getRuntime().addShutdownHook(new Thread(told::countDown));
            out.println("sandbox listening on " + standIn.baseUrl());
            out.flush();
            told.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    private static StandInSettings settings(Map<String, String> given) {
        for (String path : given.keySet()) {
            if (path.startsWith("sandbox.") && !KNOWN.contains(path)) {
                throw new IllegalArgumentException("unknown setting " + path);
            }
        }
        return new StandInSettings(
                port(given.getOrDefault("sandbox.port", "0")),
                given.getOrDefault("sandbox.api-key", StandInSettings.DEFAULT.apiKey()),
                Directives.duration(given.getOrDefault("sandbox.delay", "0ms")),
                StandInSettings.DEFAULT.outputTokens());
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 0xffff) {
            throw new IllegalArgumentException("sandbox.port is not a port: " + text);
        }
        return Integer.parseInt(text);
    }
}
