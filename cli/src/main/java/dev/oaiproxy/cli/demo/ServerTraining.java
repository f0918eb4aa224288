package dev.oaiproxy.cli.demo;

import dev.oaiproxy.api.AdminApi.KeyRequest;
import dev.oaiproxy.cli.client.AdminEndpoint.AdminLogin;
import dev.oaiproxy.cli.demo.DemoClient.ChatRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Shows the JVM what it should prepare: starts the server and sends it calls, runs commands, and
 * has both JVMs record that. {@code bin/make-cache} makes caches of it.
 */
final class ServerTraining {
    private static final String MODEL = "gpt-6-luna";

    private static final int AT_ONCE = 4;

    /** The JVM writes its record when it ends, which takes a while on a busy machine. */
    private static final int RECORD_SECONDS = 300;

    /** The options of bin/oaiproxy for a server, and for a command. */
    private static final String SERVER = "-XX:+UseG1GC -Xmx512m ";

    private static final List<String> COMMAND =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

    private static final List<String> COMMANDS =
            List.of("--version", "--help", "status", "key list", "usage", "calls --limit 5");

    private ServerTraining() {}

    /**
     * Records both.
     *
     * @param arguments the folder for the records, the jar of the commands, and the number of
     *     calls; with many, the JVM also knows how they go through its methods
     */
    public static void main(String[] arguments) throws Exception {
        Path records = Path.of(arguments[0]);
        try (var demo = new DemoEnvironment(ProgramLauncher.again(System.getenv()))) {
            URI upstream = demo.startSandbox();
            String options = SERVER + String.join(" ", record(records.resolve("server.record")));
            URI server = demo.startServer(upstream, Map.of("OAIPROXY_JAVA_OPTS", options));
            send(server, key(demo, server), Integer.parseInt(arguments[2]));
            run(server, demo.login(), arguments[1], records.resolve("command.record"));
            demo.stopServer(RECORD_SECONDS);
        }
    }

    private static List<String> record(Path file) {
        return List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + file);
    }

    private static String key(DemoEnvironment demo, URI server) {
        var order = new KeyRequest("ann", "1000.00", null, "", null, null, null, null, null, null);
        return demo.admin(server).create(order).secret();
    }

    /** Calls of the usual kinds, some at once. */
    private static void send(URI server, String key, int calls) throws InterruptedException {
        List<Thread> clients =
                IntStream.range(0, AT_ONCE)
                        .mapToObj(_ -> Thread.ofPlatform().start(() -> call(server, key, calls)))
                        .toList();
        for (Thread client : clients) {
            client.join();
        }
    }

    private static void call(URI server, String key, int calls) {
        DemoClient client = new DemoClient(server, key);
        ChatRequest chat = new ChatRequest(MODEL, "What does a proxy do?", 200);
        for (int call = 0; call < calls / AT_ONCE; call++) {
            client.chat(chat);
            if (call % 10 == 0) {
                client.stream(chat, _ -> {});
                client.embed("text-embedding-3-small", "a sentence");
            }
        }
    }

    private static void run(URI server, AdminLogin login, String jar, Path record)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(COMMAND);
        words.addAll(record(record));
        words.addAll(List.of("-cp", jar, "dev.oaiproxy.cli.Training"));
        words.addAll(COMMANDS);
        ProcessBuilder commands = new ProcessBuilder(words);
        commands.environment().put("OAIPROXY_URL", server.toString());
        commands.environment().put("PROXY_SERVER_USER", login.user());
        commands.environment().put("PROXY_SERVER_PASS", login.password());
        commands.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        commands.start().waitFor();
    }
}
