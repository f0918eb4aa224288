package dev.oaiproxy.e2e.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Large files pass the proxy without being buffered, however they are framed and ended. */
@Tag("server")
@Timeout(120)
final class UploadTest {
    private static final String PART = "/uploads/upload_0123456789abcdef/parts";
    private static final long MEGABYTE = 1 << 20;

    @TempDir Path home;

    private final UploadUpstream openAi = new UploadUpstream();
    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home, Map.of("OPENAI_BASE_URL", openAi.baseUrl()));
        bob = site.operator().createKey("bob", "5");
    }

    @AfterEach
    void stop() {
        site.close();
        openAi.close();
    }

    private static String start(String fields) {
        return fields
                + "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    }

    private static final String END = "\r\n--b--\r\n";

    /** The head of an upload with this framing of its body. */
    private RawHttpConnection begin(String path, String framing) {
        RawHttpConnection client = RawHttpConnection.to(site);
        client.say(
                """
                POST /v1%s HTTP/1.1
                Host: localhost
                Authorization: Bearer %s
                Content-Type: multipart/form-data; boundary=b
                %s

                """
                        .formatted(path, bob.secret(), framing));
        return client;
    }

    private RawHttpConnection begin(long fileBytes) {
        long length = start("").length() + fileBytes + END.length();
        RawHttpConnection client = begin("/files", "Content-Length: " + length);
        client.write(start("").getBytes(ISO_8859_1));
        return client;
    }

    private static void write(RawHttpConnection client, long bytes) {
        byte[] piece = new byte[1 << 16];
        for (long left = bytes; left > 0; left -= piece.length) {
            client.write(piece);
        }
    }

    private static void end(RawHttpConnection client) {
        client.write(END.getBytes(ISO_8859_1));
    }

    @Test
    void aFileOf200MegabytesIsNeverHeld() {
        AtomicLong most = new AtomicLong();
        openAi.watch(() -> most.accumulateAndGet(site.server().memory().used(), Math::max));
        try (RawHttpConnection client = begin(200 * MEGABYTE)) {
            write(client, 200 * MEGABYTE);
            end(client);
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ").contains("file-0123");
        }
        assertThat(openAi.bytes()).isEqualTo(start("").length() + 200 * MEGABYTE + END.length());
        assertThat(most.get()).isPositive().isLessThan(MEGABYTE);
    }

    @Test
    void aFileIsItsUploadersAlone() {
        try (RawHttpConnection client = begin(MEGABYTE)) {
            write(client, MEGABYTE);
            end(client);
            client.answer();
        }
        CreatedKey eve = site.operator().createKey("eve", "5");
        String path = "/files/file-0123456789abcdef";
        assertThat(site.web().get(site.v1(path), eve.secret()).statusCode()).isEqualTo(404);
    }

    @Test
    void piecesArriveAsTheyCome() {
        try (RawHttpConnection client = begin(3 * MEGABYTE)) {
            for (int i = 1; i <= 3; i++) {
                write(client, MEGABYTE);
                long due = i * MEGABYTE;
                Eventually.ask(openAi::bytes, bytes -> bytes >= due);
            }
            end(client);
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aBodyInChunksStaysOne() {
        try (RawHttpConnection client = begin("/files", "Transfer-Encoding: chunked")) {
            String start = start("");
            client.say(Integer.toHexString(start.length()) + "\n");
            client.write(start.getBytes(ISO_8859_1));
            for (int i = 0; i < 40; i++) {
                client.say("\n10000\n");
                write(client, 1 << 16);
            }
            client.say("\n" + Integer.toHexString(END.length()) + ";a=b\n");
            end(client);
            client.say("\n0\n\n");
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
        }
        assertThat(openAi.bytes()).isEqualTo(start("").length() + (40 << 16) + END.length());
    }

    @Test
    void aClientThatWaitsForContinueIsTold() {
        long length = start("").length() + MEGABYTE + END.length();
        try (RawHttpConnection client =
                begin("/files", "Expect: 100-continue\nContent-Length: " + length)) {
            assertThat(client.answer()).startsWith("HTTP/1.1 100 ");
            client.write(start("").getBytes(ISO_8859_1));
            write(client, MEGABYTE);
            end(client);
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void openAiHearsOfAClientThatHangsUp() throws Exception {
        try (RawHttpConnection client = begin(100 * MEGABYTE)) {
            write(client, 8 * MEGABYTE);
            Eventually.ask(openAi::bytes, bytes -> bytes >= 8 * MEGABYTE);
        }
        assertThat(openAi.end()).isEqualTo("broken");
        Eventually.ask(site.server().memory()::used, used -> used == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stops reading", "hangs up"})
    void anEarlyRefusalOfOpenAisIsPassedOn(String then) {
        CountDownLatch done = new CountDownLatch(1);
        openAi.does(
                upload -> {
                    upload.take(1000);
                    String error = "{\"error\":{\"message\":\"too big\"}}";
                    upload.say(
                            "HTTP/1.1 413 Too Large\r\nContent-Length: %d\r\n\r\n%s"
                                    .formatted(error.length(), error));
                    if (then.equals("stops reading")) {
                        await(done);
                    }
                });
        try (RawHttpConnection client = begin(20 * MEGABYTE)) {
            write(client, 20 * MEGABYTE);
            end(client);
            assertThat(client.answer()).startsWith("HTTP/1.1 413 ").contains("too big");
        } finally {
            done.countDown();
        }
    }

    private static void await(CountDownLatch done) {
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anUploadThatOpenAiBreaksOffIsAnError() {
        openAi.does(
                upload -> {
                    upload.take(MEGABYTE);
                    upload.breakOff();
                });
        try (RawHttpConnection client = begin(20 * MEGABYTE)) {
            write(client, 20 * MEGABYTE);
            end(client);
            assertThat(client.answer()).startsWith("HTTP/1.1 502 ");
        }
        openAi.does(UploadUpstream.Upload::take);
        try (RawHttpConnection client = begin(MEGABYTE)) {
            write(client, MEGABYTE);
            end(client);
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/files, 513, 513 MB",
        "/audio/transcriptions, 26, 26 MB",
        "/chat/completions, 32, 32 MB",
    })
    void eachOperationHasALimitOfItsOwn(String path, long megabytes, String told) {
        try (RawHttpConnection client =
                begin(path, "Content-Length: " + (megabytes * MEGABYTE + 1))) {
            assertThat(client.answer()).startsWith("HTTP/1.1 413 ").contains(told);
        }
    }

    @Test
    void aBodyInChunksHasTheSameLimit() throws Exception {
        String id = "upload_0123456789abcdef";
        openAi.does(
                upload -> {
                    String json = "{\"id\":\"" + id + "\",\"object\":\"upload\"}";
                    upload.say("HTTP/1.1 200 OK\r\nContent-Length: " + json.length());
                    upload.say("\r\n\r\n" + json);
                });
        site.web().post(site.v1("/uploads"), bob.secret(), "{}");
        openAi.end();
        openAi.does(UploadUpstream.Upload::take);
        try (RawHttpConnection client = begin(PART, "Transfer-Encoding: chunked")) {
            String start = start("");
            client.say(Integer.toHexString(start.length()) + "\n");
            client.write(start.getBytes(ISO_8859_1));
            for (int i = 0; i < 66; i++) {
                client.say("\n100000\n");
                write(client, MEGABYTE);
            }
            assertThat(client.answer()).startsWith("HTTP/1.1 413 ").contains("65 MB");
        }
        assertThat(openAi.end()).isEqualTo("broken");
    }

    @Test
    void aFormWithAFieldThatNamesAnObjectIsBrokenOff() throws Exception {
        String field = "\r\n--b\r\nContent-Disposition: form-data; name=file_id\r\n\r\nfile-1";
        long length = start("").length() + MEGABYTE + field.length() + END.length();
        try (RawHttpConnection client = begin("/files", "Content-Length: " + length)) {
            client.write(start("").getBytes(ISO_8859_1));
            write(client, MEGABYTE);
            client.write(field.getBytes(ISO_8859_1));
            end(client);
            assertThat(client.answer()).startsWith("HTTP/1.1 400 ").contains("file_id");
        }
        assertThat(openAi.end()).isEqualTo("broken");
    }

    @Test
    void aFormThatEndsTooEarlyIsBrokenOff() throws Exception {
        long length = start("").length() + MEGABYTE;
        try (RawHttpConnection client = begin("/files", "Content-Length: " + length)) {
            client.write(start("").getBytes(ISO_8859_1));
            write(client, MEGABYTE);
            assertThat(client.answer()).startsWith("HTTP/1.1 400 ");
        }
    }
}
