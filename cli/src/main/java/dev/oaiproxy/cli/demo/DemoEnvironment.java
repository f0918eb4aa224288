package dev.oaiproxy.cli.demo;

import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.AdminEndpoint;
import dev.oaiproxy.cli.output.Failure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The stand-in and the server, as processes with a throw-away folder. Closing it ends all. */
final class DemoEnvironment implements AutoCloseable {
    private static final String UPSTREAM_KEY = "sk-sandbox";
    private static final String ADMIN = "admin";

    private final String password = random();
    private final List<ChildProcess> children = new ArrayList<>();
    private final Thread atExit = new Thread(this::end, "demo-end");
    private final Path folder;
    private final ProgramLauncher launcher;
    private boolean ended;

    DemoEnvironment(ProgramLauncher launcher) {
        this.launcher = launcher;
        this.folder = throwAway();
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Starts the stand-in; gives its base address, which ends in {@code /v1}. */
    URI startSandbox() {
        List<String> words = List.of("sandbox", "--port", "0", "--key", UPSTREAM_KEY);
        return start(words, Map.of("OAIPROXY_HOME", folder.toString())).address();
    }

    /** Starts the server in front of the stand-in; gives its address. */
    URI startServer(URI upstream) {
        return startServer(upstream, Map.of());
    }

    /** The same, with more variables. */
    URI startServer(URI upstream, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("OAIPROXY_HOME", folder.toString());
        settings.put("OAIPROXY_PORT", "0");
        settings.put("OPENAI_API_KEY", UPSTREAM_KEY);
        settings.put("OPENAI_BASE_URL", upstream.toString());
        settings.put("PROXY_SERVER_USER", ADMIN);
        settings.put("PROXY_SERVER_PASS", password);
        return start(List.of("serve"), settings).address();
    }

    /** Stops the server, which may have something to write at its end. */
    void stopServer(int seconds) {
        children.getLast().stop(seconds);
    }

    AdminClient admin(URI server) {
        return new AdminClient(new AdminEndpoint(server, Optional.of(login()), Optional.empty()));
    }

    AdminEndpoint.AdminLogin login() {
        return new AdminEndpoint.AdminLogin(ADMIN, password);
    }

    Path folder() {
        return folder;
    }

    /** The last lines that the processes wrote to stderr. */
    List<String> lastWords() {
        return children.stream()
                .flatMap(childProcess -> childProcess.lastWords().stream())
                .toList();
    }

    void await() {
        children.getLast().await();
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The hook is running already, and does the same.
        }
    }

    private synchronized ChildProcess start(List<String> words, Map<String, String> settings) {
        if (ended) {
            throw Failure.failed("the demo was stopped", "start it again");
        }
        ChildProcess childProcess = ChildProcess.start(launcher, words, settings, folder);
        children.add(childProcess);
        return childProcess;
    }

    private synchronized void end() {
        if (!ended) {
            ended = true;
            children.reversed().forEach(ChildProcess::stop);
            remove(folder);
        }
    }

    private static String random() {
        byte[] bytes = new byte[18];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    private static Path throwAway() {
        try {
            return Files.createTempDirectory("oaiproxy-demo-");
        } catch (IOException e) {
            throw Failure.failed("cannot make a temporary folder", "see that TMPDIR is writable");
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // The folder is in the temporary folder, which the system empties.
        }
    }
}
