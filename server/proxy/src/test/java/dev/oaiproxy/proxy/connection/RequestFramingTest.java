package dev.oaiproxy.proxy.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The output of the framing, however its input is cut into pieces. */
@Tag("fast")
final class RequestFramingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String CHUNKED =
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    @Test
    void givesRequestsOnAsTheyAre() {
        String sized = "POST /v1/x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
        assertThat(framed(GET + sized + GET)).isEqualTo(GET + sized + GET);
    }

    @Test
    void writesChunksAnewWithoutExtensionsAndTrailers() {
        String body =
                text(
                        """
                        005;a="b;c"
                        hello
                        A \t;x
                        0123456789
                        0;last
                        X-A: 1
                        B: 2

                        """);
        String plain = "5\r\nhello\r\na\r\n0123456789\r\n0\r\n\r\n";
        assertThat(whole(CHUNKED + body + GET)).isEqualTo(CHUNKED + plain + GET);
    }

    @Test
    void takesTheDataOfAChunkForNoRequest() {
        String hidden = "0\r\n\r\nGET /me HTTP/1.1\r\n\r\n";
        String body = Integer.toHexString(hidden.length()) + ";a=b\r\n" + hidden + "\r\n0\r\n\r\n";
        String out = whole(CHUNKED + body);
        assertThat(out).isEqualTo(CHUNKED + body.replace(";a=b", ""));
    }

    @Test
    void passesOverEmptyLinesBeforeARequest() {
        assertThat(framed("\r\n\r\n" + GET)).isEqualTo(GET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+5\r\nhello\r\n",
                "-1\r\n",
                "zz\r\n",
                "\r\n",
                ";a\r\n",
                "0x5\r\nhello\r\n",
                "5 5\r\nhello\r\n",
                " 5\r\nhello\r\n",
                "ffffffffffffffff\r\n",
                "10000000\r\n",
                "5\nhello\r\n",
                "5\r\nhelloXX0\r\n",
                "5\r\nhello\n",
                "5\r\nhello\r\r",
                "5\rhello\r\n"
            })
    void refusesMalformedChunks(String body) {
        assertFault(FramingFault.CHUNK, CHUNKED + body + "0\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "REQUEST_LINE, 'GET  / HTTP/1.1'",
        "REQUEST_LINE, 'GET / x HTTP/1.1'",
        "REQUEST_LINE, 'GET /'",
        "REQUEST_LINE, 'GET'",
        "REQUEST_LINE, ' HTTP/1.1'",
        "REQUEST_LINE, 'G(T / HTTP/1.1'",
        "REQUEST_LINE, '/ HTTP/1.1'",
        "VERSION, 'GET / HTTP/1.2'",
        "VERSION, 'GET / HTTP/0.9'",
        "REQUEST_LINE, 'GET http:// HTTP/1.1'",
        "REQUEST_LINE, 'GET http:///v1 HTTP/1.1'",
        "REQUEST_LINE, 'GET http://me:secret@host/v1 HTTP/1.1'",
        "REQUEST_LINE, 'GET http://ho%73t/v1 HTTP/1.1'",
        "VERSION, 'GET / HTTP/2.0'",
        "METHOD, 'get / HTTP/1.1'",
        "METHOD, 'Post / HTTP/1.1'"
    })
    void refusesWrongRequestLines(FramingFault fault, String line) {
        assertFault(fault, line + "\r\nHost: x\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "http://host:5000/v1/models?a=b, /v1/models?a=b, host:5000",
        "HTTPS://[::1]/v1//x, /v1//x, [::1]",
        "http://host, /, host",
        "http://host?a=b, /?a=b, host",
        "https://api.openai.com/v1/%2e, /v1/%2e, api.openai.com"
    })
    void takesTheHostOutOfATarget(String target, String path, String host) {
        String plain = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nA: b\r\n\r\n";
        assertThat(framed("GET " + target + " HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n" + GET))
                .isEqualTo(plain + GET);
    }

    @Test
    void leavesASecondHostToBeRefused() {
        assertThat(framed("GET http://a/ HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nhost: y\r\n\r\n");
    }

    @Test
    void givesRequestsOfHttp10OnAsTheLastOfTheirConnection() {
        String old =
                text(
                        """
                        POST http://h/x HTTP/1.0
                        connection: keep-alive, Upgrade
                        Keep-Alive: 5
                        Upgrade: websocket
                        Expect: 100-continue
                        A: b
                        Content-Length: 5

                        hello\
                        """);
        String plain =
                text(
                        """
                        POST /x HTTP/1.1
                        A: b
                        Content-Length: 5
                        Host: h
                        Connection: close

                        hello\
                        """);
        assertThat(framed(old + GET)).isEqualTo(plain);
    }

    @Test
    void namesNoLoopbackHostForAClientThatNamesNone() {
        assertThat(framed("GET / HTTP/1.0\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: unknown\r\nConnection: close\r\n\r\n");
    }

    @Test
    void refusesChunksOfHttp10() {
        assertFault(
                FramingFault.CHUNKS_OF_1_0,
                CHUNKED.replace("HTTP/1.1", "HTTP/1.0") + "1\r\na\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "HEADER, ': v'",
        "HEADER, 'NoColon'",
        "HEADER, 'Bad Name: v'",
        "HEADER, 'Name : v'",
        "HEADER, ' folded: v'",
        "LENGTH, 'Content-Length: +5'",
        "LENGTH, 'Content-Length: -5'",
        "LENGTH, 'Content-Length: many'",
        "LENGTH, 'Content-Length:'",
        "LENGTH, 'Content-Length: 5, 5'",
        "LENGTH, 'Content-Length: 99999999999999999999'",
        "LENGTH, 'Content-Length: 5\r\nContent-Length: 5'",
        "LENGTH, 'Content-Length: 5\r\nTransfer-Encoding: chunked'",
        "TRANSFER_ENCODING, 'Transfer-Encoding: gzip'",
        "TRANSFER_ENCODING, 'Transfer-Encoding: chunked, identity'",
        "TRANSFER_ENCODING, 'Transfer-Encoding:'",
        "CODING, 'Transfer-Encoding: gzip, chunked'",
        "CODING, 'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked'",
        "LINE_END, 'A: b\nC: d'",
        "LINE_END, 'A: b\rC: d'",
        "LINE_END, 'A: \0'"
    })
    void refusesWrongHeaders(FramingFault fault, String header) {
        assertFault(fault, "POST / HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "URL_TOO_LONG, 'GET /', 'x', ''",
        "HEADERS_TOO_LARGE, 'GET / HTTP/1.1\r\nA: ', 'x', ''",
        "HEADERS_TOO_LARGE, 'GET / HTTP/1.1\r\n', 'A: b\r\n', ''",
        "LINE_END, '', '\r\n', ''",
        "CHUNK, 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n', '0', ''",
        "CHUNK, 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;', 'x', ''",
        "TRAILERS, 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ', '1', ''",
        "TRAILERS, 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', 'A: 1\r\n', ''"
    })
    void readsNoLineWithoutEnd(FramingFault fault, String start, String more) {
        Endless endless = new Endless(start, more);
        assertThatThrownBy(() -> drain(new RequestFraming(endless), new ByteArrayOutputStream()))
                .isInstanceOfSatisfying(
                        FramingException.class, e -> assertThat(e.fault()).isEqualTo(fault));
        assertThat(endless.given).isLessThan(RequestFraming.MOST_HEAD_BYTES + 1000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHo",
                "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
            })
    void tellsAnEndBeforeTheEnd(String text) {
        assertFault(FramingFault.BROKEN_OFF, text);
    }

    @Test
    void saysWhetherABodyIsUnread() {
        RequestFraming framing =
                new RequestFraming(
                        new Pieces("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd" + GET, 1000));
        framing.next();
        assertThat(framing.hasUnreadBody()).isTrue();
        assertThat(new String(framing.next(), ISO_8859_1)).isEqualTo("abcd");
        assertThat(framing.hasUnreadBody()).isFalse();
    }

    @Test
    void givesBytesOfAnotherProtocolOnAsTheyAre() {
        RequestFraming framing = new RequestFraming(new Pieces(GET + "\0\1not HTTP", 1000));
        framing.next();
        framing.switchProtocol();
        assertThat(new String(framing.next(), ISO_8859_1)).isEqualTo("\0\1not HTTP");
        assertThat(framing.next()).isNull();
    }

    @Test
    void tellsWhoAProxySpeaksFor() {
        Pieces pieces =
                new Pieces(
                        text(
                                """
                                GET / HTTP/1.1
                                X-Forwarded-For: 1.2.3.4
                                x-forwarded-for: ::1

                                """),
                        7);
        new RequestFraming(pieces).next();
        assertThat(pieces.began)
                .isEqualTo(new RequestHead(0, "1.2.3.4,::1", null, RequestHead.Form.USUAL));
    }

    /** The lines with CR LF. */
    private static String text(String lines) {
        return lines.replace("\n", "\r\n");
    }

    private static void assertFault(FramingFault fault, String text) {
        for (int size : new int[] {1, 3, 10_000}) {
            RequestFraming framing = new RequestFraming(new Pieces(text, size));
            assertThatThrownBy(() -> drain(framing, new ByteArrayOutputStream()))
                    .as(text)
                    .isInstanceOfSatisfying(
                            FramingException.class, e -> assertThat(e.fault()).isEqualTo(fault));
            assertThat(framing.hasFailed()).isTrue();
            assertThatThrownBy(framing::next).isInstanceOf(FramingException.class);
        }
    }

    /** The output, which must be the same for all piece sizes. */
    private static String framed(String text) {
        String whole = whole(text);
        for (int size : new int[] {1, 2, 3, 7}) {
            assertThat(out(text, size)).isEqualTo(whole);
        }
        return whole;
    }

    /**
     * The output for one piece; pieces of random sizes must give the same except for the chunking.
     */
    private static String whole(String text) {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            int size = 1 + random.nextInt(40);
            assertThat(joined(out(text, size))).as("seed 1").isEqualTo(joined(out(text, 10_000)));
        }
        return out(text, 10_000);
    }

    /** The output without chunk sizes, which depend on the pieces. */
    private static String joined(String out) {
        return out.replaceAll("\r\n[0-9a-f]+\r\n", "")
                .replaceAll("\r\n\r\n.?[0-9a-f]*\r\n", "\r\n\r\n");
    }

    private static String out(String text, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        drain(new RequestFraming(new Pieces(text, size)), out);
        return out.toString(ISO_8859_1);
    }

    private static void drain(RequestFraming framing, ByteArrayOutputStream out) {
        for (byte[] piece = framing.next(); piece != null; piece = framing.next()) {
            out.writeBytes(piece);
        }
    }

    /** A text in pieces of one size. */
    private static final class Pieces implements RequestFraming.FramingInput {
        private final Deque<byte[]> rest = new ArrayDeque<>();
        private @Nullable RequestHead began;

        Pieces(String text, int size) {
            byte[] all = text.getBytes(ISO_8859_1);
            for (int at = 0; at < all.length; at += size) {
                rest.add(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
            }
        }

        @Override
        public byte @Nullable [] read() {
            return rest.poll();
        }

        @Override
        public void await(RequestFraming.Awaiting what) {}

        @Override
        public void began(RequestHead head) {
            began = head;
        }
    }

    /** A beginning, followed by endless repetition. */
    private static final class Endless implements RequestFraming.FramingInput {
        private final String more;
        private String next;
        private long given;

        Endless(String start, String more) {
            this.next = start.isEmpty() ? more : start;
            this.more = more;
        }

        @Override
        public byte[] read() {
            byte[] bytes = next.getBytes(ISO_8859_1);
            next = more;
            given += bytes.length;
            return bytes;
        }

        @Override
        public void await(RequestFraming.Awaiting what) {}

        @Override
        public void began(RequestHead head) {}
    }
}
