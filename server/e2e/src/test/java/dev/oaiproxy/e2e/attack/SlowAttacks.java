package dev.oaiproxy.e2e.attack;

import static dev.oaiproxy.e2e.attack.FramingAttacks.CHAT;
import static dev.oaiproxy.e2e.attack.FramingAttacks.WITH_KEY;

import dev.oaiproxy.e2e.attack.Attack.Outcome;
import dev.oaiproxy.e2e.attack.Attack.Scale;
import java.io.IOException;
import java.util.List;

/** Sockets that are opened and kept open. */
final class SlowAttacks {
    private SlowAttacks() {}

    /** Many clients that stop at each point of a request while another client calls. */
    static Outcome slowSockets(AttackTarget attackTarget, Scale scale) throws IOException {
        List<String> beginnings =
                List.of(
                        "",
                        "POS",
                        "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
                        "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /hea",
                        CHAT + "Content-Length: 100\r\n\r\n",
                        CHAT + "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n",
                        "POST /admin/v1/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
                        WITH_KEY + "Content-Length: 100\r\n\r\n{",
                        WITH_KEY + "Transfer-Encoding: chunked\r\n\r\n5\r\na",
                        WITH_KEY + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n");
        long held = 0;
        for (String beginning : beginnings) {
            for (int i = 0; i < scale.of(100, 700); i++) {
                attackTarget.connect(beginning);
            }
            held += attackTarget.servesUser() && attackTarget.isReady() ? 1 : 0;
            attackTarget.hangUp();
        }
        return new Outcome(beginnings.size(), held);
    }

    /** Large incomplete heads. */
    static Outcome partialHeads(AttackTarget attackTarget, Scale scale) throws IOException {
        String head = "GET /v1/models HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(31_000);
        int sockets = scale.of(800, 9_800);
        long held = 0;
        for (int i = 0; i < sockets; i++) {
            attackTarget.connect(head);
            if (i % 200 == 199) {
                held += attackTarget.servesUser() ? 200 : 0;
            }
        }
        return new Outcome(sockets, held);
    }
}
