package dev.oaiproxy.sandbox.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.sandbox.http.RequestForm.FormPart;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
final class MultipartReaderTest {
    private static Optional<List<FormPart>> read(String body) {
        return new MultipartReader(body.getBytes(StandardCharsets.UTF_8), "b").parts();
    }

    @Test
    void readsNamesFileNamesAndContents() {
        List<FormPart> parts =
                read("--b\r\ncontent-disposition: form-data; name=model\r\n\r\nm\r\n"
                                + "--b\r\nContent-Disposition: form-data; name=\"file\";"
                                + " filename=\"a b.wav\"\r\nContent-Type: audio/wav\r\n\r\n"
                                + "\r\n--x\r\n\r\n--b--\r\n")
                        .orElseThrow();

        assertThat(parts).extracting(FormPart::name).containsExactly("model", "file");
        assertThat(parts).extracting(FormPart::filename).containsExactly("", "a b.wav");
        assertThat(parts)
                .extracting(part -> new String(part.bytes(), StandardCharsets.UTF_8))
                .containsExactly("m", "\r\n--x\r\n");
    }

    @Test
    void readsNothingFromABodyThatBreaksOff() {
        assertThat(read("--b--\r\n").orElseThrow()).isEmpty();
        for (String body : List.of("", "--b", "--b\r\nA: b", "--b\r\nA: b\r\n\r\nc\r\n")) {
            assertThat(read(body)).isEmpty();
        }
    }

    @Test
    void findsTheBoundary() {
        assertThat(MultipartReader.boundary("multipart/form-data; boundary=a-b; c=d"))
                .hasValue("a-b");
        assertThat(MultipartReader.boundary("multipart/form-data; boundary=\"a b\""))
                .hasValue("a b");
        assertThat(MultipartReader.boundary("multipart/form-data")).isEmpty();
    }
}
