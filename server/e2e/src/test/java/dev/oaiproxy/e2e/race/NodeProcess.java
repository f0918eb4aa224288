package dev.oaiproxy.e2e.race;

import dev.oaiproxy.app.boot.Main;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.e2e.fixture.AdminTestClient;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server process, which can be killed, suspended and resumed. */
public final class NodeProcess implements AutoCloseable {
    private static final Pattern WHERE = Pattern.compile("listening on (http://[\\w.:]+)");

    private final Process process;
    private final Path log;
    private final HttpTestClient httpTestClient = new HttpTestClient();
    private final URI address;

    private NodeProcess(Process process, Path log) throws IOException {
        this.process = process;
        this.log = log;
        String line = process.inputReader(StandardCharsets.UTF_8).readLine();
        Matcher where = WHERE.matcher(line == null ? "" : line);
        if (!where.find()) {
            throw new IOException("does not listen: " + line + "\n" + Files.readString(log));
        }
        this.address = URI.create(where.group(1));
    }

    /** The entry point of the server process. */
    public static void main(String[] arguments) {
        Thread.ofPlatform().daemon().name("fault-injector").start(NodeProcess::awaitFault);
        System.exit(new Main().run(Map.of()));
    }

    /** A fatal fault that the test causes in the server process, in a thread of its own. */
    enum FatalFault {
        /** A thread allocates until the heap is full. */
        NO_HEAP,
        /** An error that the JVM throws without regard to its options. */
        NO_THREADS
    }

    private static void awaitFault() {
        try {
            String name =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                            .readLine();
            if (name != null) {
                cause(FatalFault.valueOf(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void cause(FatalFault fault) {
        switch (fault) {
            case NO_HEAP -> {
                List<byte[]> heap = new ArrayList<>();
                while (heap.size() < Integer.MAX_VALUE) {
                    heap.add(new byte[1 << 20]);
                }
            }
            case NO_THREADS -> throw new OutOfMemoryError("unable to create native thread");
        }
    }

    /** Causes a fatal fault, and returns the exit code of the process. */
    int endBy(FatalFault fault) throws IOException {
        process.getOutputStream().write((fault.name() + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return process.onExit().join().exitValue();
    }

    /** The variables of a server that uses a database and a stand-in for OpenAI. */
    public static Map<String, String> variables(Database database, OpenAiStandIn openAi) {
        Map<String, String> all = new HashMap<>(TestDatabase.variables(database));
        all.put("OPENAI_API_KEY", openAi.apiKey());
        all.put("OPENAI_BASE_URL", openAi.baseUrl().toString());
        all.put("PROXY_SERVER_USER", ServerFixture.ADMIN);
        all.put("PROXY_SERVER_PASS", ServerFixture.PASSWORD);
        all.put("OAIPROXY_HOST", "127.0.0.1");
        all.put("OAIPROXY_PORT", "0");
        all.put("OAIPROXY_TRACKING_BODIES", "false");
        all.put("OAIPROXY_QUOTA_WAIT", "500ms");
        all.put("OAIPROXY_DB_NODE_TIMEOUT", "3s");
        return all;
    }

    /** Starts a process in a folder; see {@link #await}. */
    static Process launch(Path home, Map<String, String> variables) throws IOException {
        return launch(home, variables, "-Xmx256m");
    }

    /**
     * The same with a heap size.
     *
     * @param heap such as {@code -Xmx96m}
     */
    public static Process launch(Path home, Map<String, String> variables, String heap)
            throws IOException {
        Files.createDirectories(home);
        prepare(home, variables);
        ProcessBuilder java =
                new ProcessBuilder(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                heap,
                                "-XX:+ExitOnOutOfMemoryError",
                                "-XX:+DisplayVMOutputToStderr",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Djava.util.logging.manager=dev.oaiproxy.app.boot.LastingLog",
                                "-Doaiproxy.home=" + Checkout.top().toAbsolutePath(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                NodeProcess.class.getName()));
        java.environment().keySet().removeIf(name -> name.matches("(OAIPROXY|OPENAI|DB)_.*"));
        java.environment().putAll(variables);
        java.environment().put("OAIPROXY_HOME", home.toString());
        java.redirectError(log(home).toFile());
        return java.start();
    }

    /** Creates the tables in advance if the database is a file; a start takes longer with them. */
    public static void prepare(Path home, Map<String, String> variables) {
        boolean setUp = !variables.getOrDefault("OPENAI_API_KEY", "").isEmpty();
        if (setUp && variables.keySet().stream().noneMatch(name -> name.startsWith("DB_"))) {
            TestDatabase.inHome(home);
        }
    }

    /** Waits until the server listens. */
    public static NodeProcess await(Process launched, Path home) throws IOException {
        return new NodeProcess(launched, log(home));
    }

    private static Path log(Path home) {
        return home.resolve("log");
    }

    public URI address() {
        return address;
    }

    public AdminTestClient operator() {
        return new AdminTestClient(
                () -> address, httpTestClient, ServerFixture.ADMIN + ":" + ServerFixture.PASSWORD);
    }

    /** The output so far. */
    public String output() throws IOException {
        return Files.readString(log);
    }

    /** True if this node label belongs to the process. */
    boolean hasLabel(String label) {
        return label.endsWith(":" + process.pid());
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void suspend() throws Exception {
        signal("STOP");
    }

    void resume() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        int code =
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + " ended with " + code);
        }
    }

    /** Stops the process with SIGTERM, and waits for its end. */
    int stop() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    @Override
    public void close() {
        httpTestClient.close();
        process.destroyForcibly().onExit().join();
    }
}
