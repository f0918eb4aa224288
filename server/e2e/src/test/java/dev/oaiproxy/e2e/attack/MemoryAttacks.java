package dev.oaiproxy.e2e.attack;

import static dev.oaiproxy.e2e.attack.FramingAttacks.WITH_KEY;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.oaiproxy.e2e.attack.Attack.Outcome;
import dev.oaiproxy.e2e.attack.Attack.Scale;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** A user with a key who tries to exhaust the server's memory. */
final class MemoryAttacks {
    private static final Set<Integer> TOLD = Set.of(200, 400, 408, 413, 429, 503);

    private MemoryAttacks() {}

    /** Bodies of 32 MB of which only one byte comes. */
    static Outcome announcedBodies(AttackTarget attackTarget, Scale scale) throws IOException {
        int sockets = scale.of(60, 400);
        for (int i = 0; i < sockets; i++) {
            attackTarget.connect(WITH_KEY + "Content-Length: 33554432\r\n\r\n{");
        }
        return new Outcome(1, attackTarget.servesUser() ? 1 : 0);
    }

    /** Many concurrent whole bodies: each is answered or cut off, and none waits forever. */
    static Outcome uploads(AttackTarget attackTarget, Scale scale) throws Exception {
        int bytes = scale.of(8 << 20, 31 << 20);
        byte[] piece = " ".repeat(64 << 10).getBytes(ISO_8859_1);
        String head = WITH_KEY + "Connection: close\r\nContent-Length: " + bytes + "\r\n\r\n";
        return together(
                attackTarget,
                scale.of(40, 500),
                () -> {
                    Socket socket = attackTarget.connect(head);
                    try {
                        OutputStream out = socket.getOutputStream();
                        for (int sent = 0; sent < bytes; sent += piece.length) {
                            out.write(piece);
                        }
                    } catch (IOException refused) {
                        return true;
                    }
                    String answers = AttackTarget.answers(socket);
                    return answers.isEmpty() || TOLD.contains(AttackTarget.status(answers));
                });
    }

    /** Unfinished WebSocket messages. */
    static Outcome halfMessages(AttackTarget attackTarget, Scale scale) throws Exception {
        byte[] piece = new byte[64 << 10];
        int bytes = 14 << 20;
        byte[] frame = {(byte) 0x81, (byte) 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
        return together(
                attackTarget,
                scale.of(40, 500),
                () -> {
                    Socket socket =
                            attackTarget.connect(
                                    """
                                    GET /v1/responses HTTP/1.1
                                    Host: x
                                    Authorization: Bearer KEY
                                    Connection: Upgrade
                                    Upgrade: websocket
                                    Sec-WebSocket-Version: 13
                                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                                    """
                                            .replace("\n", "\r\n"));
                    try {
                        OutputStream out = socket.getOutputStream();
                        out.write(frame);
                        for (int sent = 0; sent < bytes; sent += piece.length) {
                            out.write(piece);
                        }
                    } catch (IOException refused) {
                        return true;
                    }
                    return attackTarget.isAlive();
                });
    }

    /** Long streams: each arrives completely, or is refused before it costs anything. */
    static Outcome streams(AttackTarget attackTarget, Scale scale) throws Exception {
        String body =
                """
                {"model":"gpt-4o","stream":true,"messages":[{"role":"user",\
                "content":"[[tokens=%d]]"}]}\
                """
                        .formatted(scale.of(500, 5_000));
        String request = WITH_KEY + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        return together(
                attackTarget,
                scale.of(200, 2_000),
                () -> {
                    Socket socket = attackTarget.connect(request);
                    long seen = 0;
                    String end = "";
                    byte[] piece = new byte[16 << 10];
                    int first = 0;
                    for (int n = socket.getInputStream().read(piece); n >= 0; ) {
                        String text = new String(piece, 0, n, ISO_8859_1);
                        first = seen == 0 ? AttackTarget.status(text) : first;
                        seen += n;
                        end = (end + text).substring(Math.max(0, end.length() + n - 100));
                        if (end.contains("\r\n0\r\n\r\n") || (first != 200 && first != 0)) {
                            break;
                        }
                        n = socket.getInputStream().read(piece);
                    }
                    socket.close();
                    return first == 200
                            ? end.contains("[DONE]")
                            : first == 503 || first == 429 || first == 0;
                });
    }

    /** The action of each concurrent client. */
    interface Try {
        boolean holds() throws IOException;
    }

    /** Runs the action in many clients at once while a normal user calls. */
    private static Outcome together(AttackTarget attackTarget, int many, Try one) throws Exception {
        AtomicLong held = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            threads.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        if (holds(one)) {
                                            held.incrementAndGet();
                                        }
                                    }));
        }
        long served = attackTarget.servesUser() ? 1 : 0;
        for (Thread thread : threads) {
            thread.join();
        }
        served += attackTarget.servesUser() ? 1 : 0;
        return new Outcome(many + 2L, held.get() + served);
    }

    private static boolean holds(Try one) {
        try {
            return one.holds();
        } catch (java.net.SocketTimeoutException hangs) {
            return false;
        } catch (IOException refused) {
            return true;
        }
    }
}
