package dev.oaiproxy.e2e.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.attack.Attack.Scale;
import dev.oaiproxy.e2e.fixture.AdminTestClient;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.race.NodeProcess;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import dev.oaiproxy.sandbox.StandInSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server process with a small heap, a user with a key, and raw sockets. */
final class AttackTarget implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

    /** The time limit of one connection among thousands on a machine with two cores. */
    private static final int LONG_PATIENCE_MILLIS = 600_000;

    /** The number of connections after which a source address has few ports left. */
    private static final int PORTS_OF_ADDRESS = 5_000;

    private static final int TRIES = 3;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ");

    private final OpenAiStandIn openAi = OpenAiStandIn.start(StandInSettings.DEFAULT);
    private final NodeProcess server;
    private final HttpTestClient httpTestClient = new HttpTestClient();
    private final String userKey;
    private final String attackerKey;
    private final int patienceMillis;
    private final ConcurrentLinkedQueue<Socket> open = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();

    private AttackTarget(Path home, Scale scale) throws IOException {
        Map<String, String> variables =
                new HashMap<>(NodeProcess.variables(TestDatabase.SQLITE.fresh(home), openAi));
        variables.put("OAIPROXY_TRACKING_BODIES", "true");
        String heap = scale == Scale.SHORT ? "-Xmx96m" : "-Xmx512m";
        patienceMillis = scale.of(PATIENCE_MILLIS, LONG_PATIENCE_MILLIS);
        server = NodeProcess.await(NodeProcess.launch(home, variables, heap), home);
        userKey = operator().createKey("user", "1000").secret();
        attackerKey = operator().createKey("attacker", "1000").secret();
    }

    static AttackTarget start(Path home, Scale scale) throws IOException {
        return new AttackTarget(home, scale);
    }

    AdminTestClient operator() {
        return server.operator();
    }

    OpenAiStandIn openAi() {
        return openAi;
    }

    String attackerKey() {
        return attackerKey;
    }

    boolean isAlive() {
        return server.isAlive();
    }

    /** The server's log. */
    String log() {
        try {
            return server.output();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connects and writes a text, in which KEY stands for the attacker's key. */
    Socket connect(String text) throws IOException {
        Socket socket =
                new Socket(server.address().getHost(), server.address().getPort(), source(), 0);
        open.add(socket);
        socket.setSoTimeout(patienceMillis);
        byte[] bytes = text.replace("KEY", attackerKey).getBytes(ISO_8859_1);
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closed) {
            // The server no longer reads; the rest is lost.
        }
        return socket;
    }

    /**
     * A source address of this machine; the next one after {@link #PORTS_OF_ADDRESS} connections.
     */
    private InetAddress source() throws UnknownHostException {
        int host = 1 + connections.getAndIncrement() / PORTS_OF_ADDRESS;
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host});
    }

    /** Everything that the server sends until it closes or resets the connection. */
    static String answers(Socket socket) throws IOException {
        StringBuilder all = new StringBuilder();
        byte[] piece = new byte[8192];
        try {
            for (int n = socket.getInputStream().read(piece); n >= 0; ) {
                all.append(new String(piece, 0, n, ISO_8859_1));
                n = socket.getInputStream().read(piece);
            }
        } catch (SocketException reset) {
            return all.toString();
        }
        return all.toString();
    }

    /** The status of the first response in a text, or 0. */
    static int status(String answers) {
        Matcher status = STATUS.matcher(answers);
        return status.find() ? Integer.parseInt(status.group(1)) : 0;
    }

    /** The number of responses in a text. */
    static long count(String answers) {
        return STATUS.matcher(answers).results().count();
    }

    /** True if a normal user, who retries like an SDK, gets a response. */
    boolean servesUser() {
        for (int i = 0; i < TRIES; i++) {
            try {
                String body =
                        """
                        {"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}\
                        """;
                if (httpTestClient.post(chats(), userKey, body).statusCode() == 200) {
                    return true;
                }
            } catch (UncheckedIOException broken) {
                // The user retries.
            }
        }
        return false;
    }

    URI chats() {
        return URI.create(server.address() + "/v1/chat/completions");
    }

    boolean isReady() {
        return httpTestClient.get(URI.create(server.address() + "/health/ready")).statusCode() / 100
                == 2;
    }

    /** Closes all opened connections. */
    void hangUp() {
        for (Socket socket = open.poll(); socket != null; socket = open.poll()) {
            try {
                socket.close();
            } catch (IOException gone) {
                // The server closed it first.
            }
        }
    }

    /** Asserts that the server is alive and ready, nothing is held, and the books balance. */
    void assertWhole() {
        hangUp();
        if (!isAlive()) {
            throw new AssertionError("the server has ended: " + tail(log()));
        }
        Eventually.ask(this::isReady, ready -> ready);
        Eventually.ask(() -> operator().quota("everyone").heldUsd(), "0.00"::equals);
        String audit = operator().get("/admin/v1/audit").body();
        if (!HttpTestClient.json(audit).path("balanced").asBoolean()) {
            throw new AssertionError("the books do not balance: " + audit);
        }
    }

    static String tail(String log) {
        return log.substring(Math.max(0, log.length() - 3000));
    }

    static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public void close() {
        hangUp();
        httpTestClient.close();
        server.close();
        openAi.close();
    }
}
