package dev.oaiproxy.e2e.attack;

import static dev.oaiproxy.e2e.attack.FramingAttacks.CHAT;
import static dev.oaiproxy.e2e.attack.FramingAttacks.WITH_KEY;

import dev.oaiproxy.e2e.attack.Attack.Outcome;
import dev.oaiproxy.e2e.attack.Attack.Scale;
import java.io.IOException;
import java.net.Socket;

/** Repeated requests in large numbers. */
final class FloodAttacks {
    /** The maximal number of log lines of one flood. */
    private static final int MOST_LINES = 400;

    private FloodAttacks() {}

    /** Strangers fill neither the log nor the errors of the server. */
    static Outcome wrongKeys(AttackTarget attackTarget, Scale scale) throws IOException {
        long before = ownLines(attackTarget.log());
        int tries = scale.of(500, 5_000);
        long held = 0;
        for (int i = 0; i < tries; i++) {
            Socket socket =
                    attackTarget.connect(
                            CHAT
                                    + "Authorization: Bearer sk-oap-wrong"
                                    + i
                                    + "\r\nContent-Length: 2\r\n\r\n{}");
            held += AttackTarget.status(AttackTarget.answers(socket)) == 401 ? 1 : 0;
            socket.close();
            attackTarget.connect("GET / HTTP/1.1\r\nBroken").close();
        }
        String log = attackTarget.log();
        boolean quiet = ownLines(log) - before <= MOST_LINES && !log.contains("\tat ");
        return new Outcome(tries + 1L, held + (quiet ? 1 : 0));
    }

    /** The lines that are not of a call: those of an earlier attack may still be ending. */
    private static long ownLines(String log) {
        return log.lines().filter(line -> !line.contains(" event=call ")).count();
    }

    /** An administrator with the right password does not wait because of those who guess it. */
    static Outcome wrongPasswords(AttackTarget attackTarget, Scale scale) throws IOException {
        int tries = scale.of(100, 1_000);
        for (int i = 0; i < tries; i++) {
            attackTarget.connect(
                    "GET /admin/v1/status HTTP/1.1\r\nHost: x\r\nAuthorization: Basic Z3Vlc3M6"
                            + "Z3Vlc3M=\r\n\r\n");
        }
        boolean known = attackTarget.operator().status().version() != null;
        return new Outcome(2, (known ? 1 : 0) + (attackTarget.servesUser() ? 1 : 0));
    }

    /** Clients that disconnect at any moment. */
    static Outcome hangUps(AttackTarget attackTarget, Scale scale) throws IOException {
        String body =
                """
                {"model":"gpt-4o","stream":true,"messages":[{"role":"user",\
                "content":"[[tokens=50]]"}]}\
                """;
        int tries = scale.of(100, 2_000);
        for (int i = 0; i < tries; i++) {
            Socket socket =
                    attackTarget.connect(
                            WITH_KEY + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            if (i % 3 > 0) {
                socket.getInputStream().read(new byte[1 + 100 * (i % 7)]);
            }
            socket.close();
        }
        return new Outcome(1, attackTarget.servesUser() ? 1 : 0);
    }
}
