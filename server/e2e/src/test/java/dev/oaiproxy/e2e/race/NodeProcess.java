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

/** A server as a process of its own, which can be killed, frozen and thawed. */
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

    /** What the process runs. */
    public static void main(String[] arguments) {
        Thread.ofPlatform().daemon().name("hunger").start(NodeProcess::obey);
        System.exit(new Main().run(Map.of()));
    }

    /** What can befall a process, played by a thread of its own. */
    enum Blow {
        /** It allocates until the JVM finds no more room. */
        NO_HEAP,
        /** An error that the JVM throws without looking at its options. */
        NO_THREADS
    }

    private static void obey() {
        try {
            String order =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                            .readLine();
            if (order != null) {
                befall(Blow.valueOf(order));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void befall(Blow blow) {
        switch (blow) {
            case NO_HEAP -> {
                List<byte[]> hoard = new ArrayList<>();
                while (hoard.size() < Integer.MAX_VALUE) {
                    hoard.add(new byte[1 << 20]);
                }
            }
            case NO_THREADS -> throw new OutOfMemoryError("unable to create native thread");
        }
    }

    /** Has something befall it, and gives the exit code with which it ends. */
    int endBy(Blow blow) throws IOException {
        process.getOutputStream().write((blow.name() + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return process.onExit().join().exitValue();
    }

    /** What one is told that is to use a database, and to hold a stand-in for OpenAI. */
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

    /** Begins one in a folder, which has to be awaited. */
    static Process launch(Path home, Map<String, String> variables) throws IOException {
        return launch(home, variables, "-Xmx256m");
    }

    /**
     * The same with more or less memory.
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

    /** Makes the tables, which takes a server longer, if it is set up and uses a file. */
    public static void prepare(Path home, Map<String, String> variables) {
        boolean setUp = !variables.getOrDefault("OPENAI_API_KEY", "").isEmpty();
        if (setUp && variables.keySet().stream().noneMatch(name -> name.startsWith("DB_"))) {
            TestDatabase.inHome(home);
        }
    }

    /** Waits until it listens. */
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

    /** What it has said so far. */
    public String said() throws IOException {
        return Files.readString(log);
    }

    /** How others see it. */
    boolean is(String label) {
        return label.endsWith(":" + process.pid());
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void freeze() throws Exception {
        signal("STOP");
    }

    void thaw() throws Exception {
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

    /** Asks it to stop, and waits for that. */
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
