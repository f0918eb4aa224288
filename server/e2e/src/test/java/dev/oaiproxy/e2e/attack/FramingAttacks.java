package dev.oaiproxy.e2e.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.oaiproxy.e2e.attack.Attack.Outcome;
import dev.oaiproxy.e2e.attack.Attack.Scale;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Random;

/** Bytes that are no valid requests, or hide some. */
final class FramingAttacks {
    static final String CHAT =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    static final String WITH_KEY = CHAT + "Authorization: Bearer KEY\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
    private static final String HIDDEN =
            "GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer KEY\r\n\r\n";

    private FramingAttacks() {}

    /** Lines that never end, with more bytes than the heap has. */
    static Outcome endlessLines(AttackTarget attackTarget, Scale scale) throws IOException {
        List<String> beginnings =
                List.of(
                        "",
                        "GET /",
                        CHAT + "X: ",
                        CHAT + CHUNKED,
                        CHAT + CHUNKED + "5;",
                        CHAT + CHUNKED + "0\r\nX: ",
                        WITH_KEY + CHUNKED,
                        WITH_KEY + CHUNKED + "5;",
                        WITH_KEY + CHUNKED + "0\r\nX: ",
                        WITH_KEY + "Content-Length: 100000000\r\n\r\n");
        long held = 0;
        String more = "1".repeat(64 << 10);
        for (String beginning : beginnings) {
            Socket socket = attackTarget.connect(beginning);
            int rest = scale.of(2_000, 9_000);
            while (rest > 0 && isTaken(socket, more)) {
                rest--;
            }
            held += attackTarget.servesUser() ? 1 : 0;
        }
        return new Outcome(beginnings.size(), held);
    }

    private static boolean isTaken(Socket socket, String more) {
        try {
            socket.getOutputStream().write(more.getBytes(ISO_8859_1));
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    /** Requests hidden in data: there must be one response. */
    static Outcome hiddenRequests(AttackTarget attackTarget, Scale scale) throws IOException {
        String hidden = HIDDEN.replace("KEY", attackTarget.attackerKey());
        String data = "0\r\n\r\n" + hidden;
        String size = Integer.toHexString(data.length());
        List<String> texts =
                List.of(
                        CHUNKED + size + ";a=b\r\n" + data + "\r\n0\r\n\r\n",
                        CHUNKED + size + " ;a=\"b\"\r\n" + data + "\r\n0\r\n\r\n",
                        CHUNKED + "+" + size + "\r\n" + data + "\r\n0\r\n\r\n",
                        CHUNKED + "0x" + size + "\r\n" + data + "\r\n0\r\n\r\n",
                        CHUNKED + "zz\r\n" + data,
                        CHUNKED + "-1\r\n" + data,
                        CHUNKED + "ffffffffffffffff\r\n" + data,
                        CHUNKED + "2\r\n{}XX" + data,
                        CHUNKED + "2\n{}\n0\n\n" + hidden,
                        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + data,
                        "Content-Length: 2\r\nContent-Length: 90\r\n\r\n{}" + hidden,
                        "Content-Length: +2\r\n\r\n{}" + hidden,
                        "Transfer-Encoding: xchunked\r\n\r\n" + data,
                        "Transfer-Encoding:\tchunked , identity\r\n\r\n" + data,
                        "Expect: 100-continue\r\nContent-Length: 90000\r\n\r\n" + hidden);
        long held = 0;
        for (String head : List.of(CHAT, WITH_KEY, WITH_KEY.replace("/v1/chat", "/v1/x"))) {
            for (String text : texts) {
                Socket socket = attackTarget.connect(head + text);
                socket.shutdownOutput();
                String answers = AttackTarget.answers(socket).replace("HTTP/1.1 100 ", "");
                held += AttackTarget.count(answers) == 1 && !answers.contains("\"key\"") ? 1 : 0;
            }
        }
        return new Outcome(3L * texts.size(), held);
    }

    /** Randomly damaged requests: none causes an internal error or hangs. */
    static Outcome fuzz(AttackTarget attackTarget, Scale scale) throws IOException {
        long seed = Long.getLong("attack.seed", System.nanoTime());
        System.out.println("fuzz: -Dattack.seed=" + seed);
        Random random = new Random(seed);
        int tries = scale.of(600, 20_000);
        long held = 0;
        for (int i = 0; i < tries; i++) {
            Socket socket = attackTarget.connect(damaged(random));
            try {
                socket.shutdownOutput();
                int status = AttackTarget.status(AttackTarget.answers(socket));
                boolean ours = status >= 500 && status != 501 && status != 505;
                held += ours ? 0 : 1;
                if (ours) {
                    System.out.println("fuzz: " + status + " at try " + i);
                }
            } catch (SocketTimeoutException hangs) {
                System.out.println("fuzz: hangs at try " + i);
            } catch (IOException reset) {
                held++;
            }
            socket.close();
        }
        return new Outcome(tries, held);
    }

    private static String damaged(Random random) {
        String body =
                "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        String key = random.nextInt(3) == 0 ? CHAT : WITH_KEY;
        String framed =
                random.nextBoolean()
                        ? "Content-Length: " + body.length() + "\r\n\r\n" + body
                        : CHUNKED
                                + Integer.toHexString(body.length())
                                + "\r\n"
                                + body
                                + "\r\n0\r\n\r\n";
        StringBuilder text = new StringBuilder(key + framed);
        for (int i = random.nextInt(4); i >= 0 && !text.isEmpty(); i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(6)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.insert(at, (char) random.nextInt(256));
                case 2 -> text.deleteCharAt(at);
                case 3 -> text.setLength(at + 1);
                case 4 -> text.insert(at, "\r\n");
                default -> text.insert(at, text.substring(random.nextInt(at + 1), at));
            }
        }
        return text.toString();
    }
}
