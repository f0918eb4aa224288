package dev.oaiproxy.proxy.relay.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
final class FileLineReaderTest {
    private static final int PIECE = 3;

    /** A response that arrives a few bytes at a time. */
    private static final class Pieces implements UpstreamResponse {
        private final byte[] body;
        private int told;

        Pieces(byte[] body) {
            this.body = body;
        }

        @Override
        public int status() {
            return 200;
        }

        @Override
        public Headers headers() {
            return Headers.NONE;
        }

        @Override
        public int read(byte[] buffer) {
            int count = Math.min(PIECE, body.length - told);
            System.arraycopy(body, told, buffer, 0, count);
            told += count;
            return count == 0 ? -1 : count;
        }

        @Override
        public void close() {}
    }

    private static List<String> read(String text, int line, int file) throws IOException {
        FileLineReader lines =
                new FileLineReader(
                        new Pieces(text.getBytes(UTF_8)),
                        line,
                        file,
                        new ByteBudget(1 << 20).lease());
        List<String> seen = new ArrayList<>();
        for (byte[] next = lines.next(); next != null; next = lines.next()) {
            seen.add(new String(next, UTF_8));
        }
        if (lines.isTooLarge()) {
            seen.add("too large");
        }
        return seen;
    }

    @Test
    void partsAFileIntoItsLines() throws Exception {
        assertThat(read("", 9, 99)).isEmpty();
        assertThat(read("one", 9, 99)).containsExactly("one");
        assertThat(read("one\n", 9, 99)).containsExactly("one");
        assertThat(read("one two\n\nü\r\nx", 9, 99)).containsExactly("one two", "", "ü\r", "x");
    }

    @Test
    void takesNoLineAndNoFileThatIsTooLong() throws Exception {
        assertThat(read("123456789\n1234567890\nx", 9, 99))
                .containsExactly("123456789", "too large");
        assertThat(read("1\n2\n3\n4\n5\n6\n", 9, 8)).containsExactly("1", "2", "3", "too large");
    }

    @Test
    void seesThatALineIsBlank() {
        assertThat(FileLineReader.isBlank(" \t\r".getBytes(UTF_8))).isTrue();
        assertThat(FileLineReader.isBlank(" x".getBytes(UTF_8))).isFalse();
        assertThat(FileLineReader.isBlank("ü".getBytes(UTF_8))).isFalse();
    }
}
