package dev.oaiproxy.e2e.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.e2e.race.NodeProcess;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server with a heap of 96 MB relays larger files byte for byte. */
@Tag("server")
@Tag("slow")
@Isolated
@Order(1)
@Timeout(180)
final class SmallHeapTest {
    private static final String START =
            """
            --b
            Content-Disposition: form-data; name="purpose"

            user_data
            --b
            Content-Disposition: form-data; name="file"; filename="a.bin"

            """
                    .replace("\n", "\r\n");
    private static final String END = "\r\n--b--\r\n";

    @TempDir Path home;

    /** A stream of this many pseudo-random bytes. */
    private static final class Noise extends InputStream {
        private long left;
        private long state = 42;

        Noise(long size) {
            this.left = size;
        }

        @Override
        public int read() {
            if (left == 0) {
                return -1;
            }
            left--;
            state = state * 6364136223846793005L + 1442695040888963407L;
            return (int) (state >>> 56);
        }

        @Override
        public int read(byte[] into, int from, int most) {
            int count = (int) Math.min(left, most);
            for (int i = 0; i < count; i++) {
                into[from + i] = (byte) read();
            }
            return count == 0 ? -1 : count;
        }
    }

    private static InputStream form(long fileBytes) {
        return new SequenceInputStream(
                Collections.enumeration(
                        List.of(
                                new ByteArrayInputStream(START.getBytes(US_ASCII)),
                                new Noise(fileBytes),
                                new ByteArrayInputStream(END.getBytes(US_ASCII)))));
    }

    private static Map<String, String> variables(UploadUpstream openAi) {
        return Map.of(
                "OPENAI_API_KEY",
                "sk-any",
                "OPENAI_BASE_URL",
                openAi.baseUrl(),
                "PROXY_SERVER_USER",
                ServerFixture.ADMIN,
                "PROXY_SERVER_PASS",
                ServerFixture.PASSWORD,
                "OAIPROXY_HOST",
                "127.0.0.1",
                "OAIPROXY_PORT",
                "0");
    }

    @ParameterizedTest
    @ValueSource(longs = {40, 500})
    void passesFilesLargerThanItsHeap(long megabytes) throws Exception {
        long size = megabytes << 20;
        long length = START.length() + size + END.length();
        try (UploadUpstream openAi = new UploadUpstream();
                NodeProcess server =
                        NodeProcess.await(
                                NodeProcess.launch(home, variables(openAi), "-Xmx96m"), home);
                HttpTestClient httpTestClient = new HttpTestClient()) {
            CreatedKey bob = server.operator().createKey("bob", "5");
            CRC32 sent = new CRC32();
            BodyPublisher body =
                    BodyPublishers.fromPublisher(
                            BodyPublishers.ofInputStream(
                                    () -> new CheckedInputStream(form(size), sent)),
                            length);
            var answer =
                    httpTestClient.send(
                            HttpRequest.newBuilder(URI.create(server.address() + "/v1/files"))
                                    .header("Authorization", "Bearer " + bob.secret())
                                    .header("Content-Type", "multipart/form-data; boundary=b")
                                    .POST(body)
                                    .build());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(openAi.bytes()).isEqualTo(length);
            assertThat(openAi.sum()).isEqualTo(sent.getValue());
            assertThat(server.isAlive()).isTrue();
        }
    }
}
