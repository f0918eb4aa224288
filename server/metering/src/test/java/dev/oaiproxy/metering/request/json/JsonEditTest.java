package dev.oaiproxy.metering.request.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.request.RequestScanner;
import dev.oaiproxy.metering.request.ScanResult;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class JsonEditTest {
    private static final String INSERTED = "\"stream_options\":{\"include_usage\":true}";

    private static final ObjectMapper TREE =
            new ObjectMapper(
                    JsonFactory.builder()
                            .streamReadConstraints(
                                    StreamReadConstraints.builder().maxNumberLength(5000).build())
                            .build());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}|{'stream_options':{'include_usage':true}}",
                "{ }|{'stream_options':{'include_usage':true} }",
                "{'a':1}|{'stream_options':{'include_usage':true},'a':1}",
                "{'stream_options':null}|{'stream_options':{'include_usage':true}}",
                "{'stream_options' : {} , 'a':1}|{'stream_options'"
                        + " : {'include_usage':true} , 'a':1}",
                "{'a':1,'stream_options':{'x':[1]}}|{'a':1"
                        + ",'stream_options':{'include_usage':true,'x':[1]}}",
                "{'stream_options':{'x':1,'include_usage' : false }}"
                        + "|{'stream_options':{'x':1,'include_usage' : true }}",
                "{'str\\u0065am_options':{'includ\\u0065_usage':null}}"
                        + "|{'str\\u0065am_options':{'includ\\u0065_usage':true}}",
                "{'a':{'stream_options':null}}|{'stream_options':"
                        + "{'include_usage':true},'a':{'stream_options':null}}",
            })
    void asksForTheUsageAndLeavesTheRest(String before, String after) {
        assertThat(includeUsage(quoted(before))).isEqualTo(quoted(after));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}|{'max':7}",
                "{'max':null}|{'max':7}",
                "{'max':12345}|{'max':7}",
                "{'max' : 1.5e3 , 'b':'x'}|{'max' : 7 , 'b':'x'}",
                "{'max':'a\\'b'}|{'max':7}",
                "{'max':[{'max':1},2],'b':{'max':3}}|{'max':7,'b':{'max':3}}",
                "{'max':1,'b':2,'m\\u0061x':3}|{'max':7,'b':2,'m\\u0061x':7}",
                "{'b':true,'max':false}|{'b':true,'max':7}",
            })
    void setsAMemberWhereverItIs(String before, String after) {
        byte[] edited = JsonEdit.with(quoted(before).getBytes(UTF_8), "max", "7");
        assertThat(new String(edited, UTF_8)).isEqualTo(quoted(after));
    }

    @Test
    void replacesAStringOfAnyLength() {
        String body = "{\"a\":\"" + "\u00e9x".repeat(1_000_000) + "\",\"b\":1}";
        assertThat(new String(JsonEdit.with(body.getBytes(UTF_8), "a", "\"\u20ac\""), UTF_8))
                .isEqualTo("{\"a\":\"\u20ac\",\"b\":1}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "7", "{\"a\":", "{\"stream_options\":[]}", "{\"a\":secret}"})
    void refusesWhatTheScannerWouldHaveRefused(String body) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> includeUsage(body))
                .withMessageNotContaining("secret");
    }

    @Test
    void insertsOneMemberAndNothingElse() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        OddJson odd = new OddJson(random);
        for (int i = 0; i < 3000; i++) {
            String space = odd.space();
            String members = odd.members(5, 3);
            String body = space + "{" + odd.space() + members + "}" + odd.space();
            String edited = includeUsage(body);
            String inserted = INSERTED + (members.isEmpty() ? "" : ",");
            int at = space.length() + 1;
            assertThat(edited.substring(at, at + inserted.length()))
                    .as("seed %d, body %s", seed, body)
                    .isEqualTo(inserted);
            assertThat(edited.substring(0, at) + edited.substring(at + inserted.length()))
                    .as("seed %d", seed)
                    .isEqualTo(body);
            JsonNode rest = tree(edited);
            ((ObjectNode) rest).remove("stream_options");
            assertThat((Object) rest).as("seed %d", seed).isEqualTo(tree(body));
        }
    }

    @Test
    void replacesOneMemberAndNothingElse() {
        long seed = new Random().nextLong();
        OddJson odd = new OddJson(new Random(seed));
        for (int i = 0; i < 3000; i++) {
            String before = odd.members(3, 3);
            String head = "{" + before + (before.isEmpty() ? "" : ",") + odd.space() + "\"max\" :";
            String tail = odd.space() + "," + odd.space() + "\"z\":" + odd.value(2) + "}";
            String body = head + " " + odd.value(3) + tail;
            assertThat(
                            new String(
                                    JsonEdit.with(body.getBytes(UTF_8), "max", "[\"\u20ac\"]"),
                                    UTF_8))
                    .as("seed %d, body %s", seed, body)
                    .isEqualTo(head + " [\"\u20ac\"]" + tail);
        }
    }

    @Test
    void givesWhatTheScannerReadsAsWanted() {
        byte[] body =
                quoted("{'model':'m','stream':true,'stream_options':{'a':1}}").getBytes(UTF_8);
        assertThat(RequestScanner.scanJson(Meter.CHAT, JsonEdit.withIncludeUsage(body)))
                .isInstanceOfSatisfying(
                        ScanResult.Facts.class,
                        scan -> assertThat(scan.facts().flow().usageWanted()).isTrue());
    }

    private static String includeUsage(String body) {
        return new String(JsonEdit.withIncludeUsage(body.getBytes(UTF_8)), UTF_8);
    }

    private static JsonNode tree(String json) throws IOException {
        return TREE.readTree(json);
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
