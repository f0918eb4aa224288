package dev.oaiproxy.metering.request.form;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Multipart forms as texts, with one character for each byte. */
@Tag("fast")
final class MultipartFormTest {
    private static final String BOUNDARY = "--b-0-b";
    private static final String TYPE = "multipart/form-data; boundary=" + BOUNDARY;
    private static final String FIELD = "Content-Disposition: form-data; name=\"format\"\r\n\r\n";

    /** Text that is almost a boundary between two parts. */
    private static final List<String> ALMOST =
            List.of(
                    "--" + BOUNDARY.substring(1),
                    "\r\n--" + BOUNDARY.substring(0, 6),
                    "\r\n-" + BOUNDARY,
                    "\r\n\r\n--",
                    "\r\r\n",
                    "\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\nsrt\r\n");

    private static byte[] form(List<String> parts) {
        StringBuilder form = new StringBuilder();
        parts.forEach(part -> form.append("--" + BOUNDARY + "\r\n").append(part).append("\r\n"));
        return form.append("--" + BOUNDARY + "--\r\n").toString().getBytes(ISO_8859_1);
    }

    private static String content(Random random) {
        StringBuilder content = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            content.append(ALMOST.get(random.nextInt(ALMOST.size())));
            for (int j = random.nextInt(20); j > 0; j--) {
                content.append((char) random.nextInt(256));
            }
        }
        // Random content must not contain the boundary, nor form it after a removal.
        String almost = content.toString();
        while (almost.contains("--" + BOUNDARY)) {
            almost = almost.replace("--" + BOUNDARY, "");
        }
        return almost;
    }

    private static List<String> files(Random random) {
        List<String> files = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            files.add(
                    "Content-Disposition: form-data; name=\"f%d\"; filename=\"a.b\"\r\n"
                                    .formatted(i)
                            + "Content-Type: audio/wav\r\n\r\n"
                            + content(random));
        }
        return files;
    }

    @Test
    void aFieldIsReplacedAndNoOtherByte() {
        long seed = new Random().nextLong();
        System.out.println("MultipartFormTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            List<String> before = files(random);
            int at = random.nextInt(before.size() + 1);
            List<String> after = new ArrayList<>(before);
            before.add(at, FIELD + "srt");
            after.add(at, FIELD + "verbose_json");
            assertThat(MultipartForm.with(TYPE, form(before), "format", "verbose_json"))
                    .as("seed %d", seed)
                    .isEqualTo(form(after));
        }
    }

    @Test
    void aFieldThatIsNotThereIsPutFirst() {
        long seed = new Random().nextLong();
        System.out.println("MultipartFormTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            List<String> before = files(random);
            List<String> after = new ArrayList<>(before);
            after.addFirst(FIELD + "json");
            assertThat(MultipartForm.with(TYPE, form(before), "format", "json"))
                    .as("seed %d", seed)
                    .isEqualTo(form(after));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data; boundary=" + BOUNDARY,
                "Multipart/Form-Data;boundary=\"" + BOUNDARY + "\"",
                "multipart/form-data; boundary=" + BOUNDARY + "; charset=UTF-8"
            })
    void aBoundaryIsReadInEachOfItsForms(String type) {
        byte[] form = form(List.of(FIELD + "srt"));
        assertThat(MultipartForm.with(type, form, "format", "srt")).isEqualTo(form);
    }

    @Test
    void aPartThatBeginsWithTheBoundaryIsRefused() {
        // Some parsers take this for an empty part, and go on within the content of this one.
        byte[] form = form(List.of(FIELD + "--" + BOUNDARY + "\r\n" + FIELD + "srt"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MultipartForm.with(TYPE, form, "format", "x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data; boundary=" + BOUNDARY + "; boundary=x",
                "multipart/form-data; boundary=" + BOUNDARY + "; charset=utf-7",
                "multipart/form-data; boundary=" + BOUNDARY + ", multipart/form-data; boundary=x",
                "multipart/form-data; boundary*=" + BOUNDARY
            })
    void aBoundaryThatMayBeReadOtherwiseIsRefused(String type) {
        byte[] form = form(List.of(FIELD + "srt"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MultipartForm.with(type, form, "format", "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r", "\r\n x"})
    void aBoundaryInsideOfAPartIsRefused(String before) {
        String hidden = before + "--" + BOUNDARY + "\n" + FIELD.replace("\r", "") + "x\n";
        byte[] form = form(List.of(FIELD + "srt" + hidden));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MultipartForm.with(TYPE, form, "format", "srt"));
    }
}
