package dev.oaiproxy.metering.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.operation.Catalogue;
import dev.oaiproxy.metering.operation.OperationMatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
class IdScannerTest {
    private static final Catalogue CATALOGUE = Catalogue.bundled(Set.of());

    private static final String RESPONSE =
            """
            {"object":"response", "metadata":{"id":"resp_no","container_id":"cntr_no"},
             "id" : "resp_1", "output":[{"id":"rs_1","type":"reasoning"},
              {"id":"msg_1","content":[{"text":"{\\"id\\":\\"resp_x\\""}]},
             {"type":"code_interpreter_call","container_id":"cntr_1","a":{"container_id":"c"}}],
             "tools":[{"container_id":"cntr_no"}], "parallel":true,"n":[1,[2,{}],null]}
            """;

    @Test
    void findsIdsWhereTheyStandAndNowhereElse() {
        assertThat(ids("POST", "/responses", RESPONSE))
                .containsExactly("resp_1", "rs_1", "msg_1", "cntr_1");
        assertThat(ids("GET", "/responses/resp_1", RESPONSE))
                .containsExactly("rs_1", "msg_1", "cntr_1");
    }

    @Test
    void findsThemHoweverTheAnswerIsCut() {
        for (int size = 1; size < 40; size++) {
            assertThat(cut(watch("POST", "/responses", false), RESPONSE, size))
                    .extracting(ObjectReference::id)
                    .containsExactly("resp_1", "rs_1", "msg_1", "cntr_1");
        }
    }

    @Test
    void readsStreamsOfEvents() {
        String stream =
                """
                : a comment
                event: response.created
                data: {"type":"response.created","response":{"id":"resp_1","output":[]}}

                event: odd\r
                data: {"type":"response.output_item.added",\r
                data: "item":\r
                data: {"id":"ci_1","container_id":"cntr_1"}}\r
                \r
                data: [DONE]

                data: {"response":{"id":"resp_1","output":[{"container_id":"cntr_2"}]}}

                """;
        assertThat(ids("POST", "/responses", stream))
                .containsExactly("resp_1", "ci_1", "cntr_1", "resp_1", "cntr_2");
    }

    @Test
    void findsItemsInLists() {
        String list = "{\"object\":\"list\",\"data\":[{\"id\":\"msg_1\"},{\"id\":\"fc_1\"}]}";
        assertThat(ids("GET", "/conversations/conv_1/items", list))
                .containsExactly("msg_1", "fc_1");
        assertThat(ids("POST", "/conversations/conv_1/items", list))
                .containsExactly("msg_1", "fc_1");
        assertThat(ids("GET", "/responses/resp_1/input_items", list))
                .containsExactly("msg_1", "fc_1");
        assertThat(ids("GET", "/conversations/conv_1/items/msg_1", "{\"id\":\"msg_1\"}"))
                .containsExactly("msg_1");
        assertThat(ids("GET", "/conversations/conv_1", "{\"id\":\"conv_1\"}")).isEmpty();
    }

    @Test
    void takesACompletionOnlyWhenItIsStored() {
        String chat =
                "{\"id\":\"chatcmpl-1\",\"choices\":[{\"message\":{\"audio\":{\"id\":\"a\"}}}]}";
        assertThat(cut(watch("POST", "/chat/completions", true), chat, 99))
                .extracting(ObjectReference::id)
                .containsExactly("chatcmpl-1", "a");
        assertThat(ids("POST", "/chat/completions", chat)).containsExactly("a");
    }

    @Test
    void findsWhatOpenAiMakesOnTheWay() {
        assertThat(
                        ids(
                                "GET",
                                "/batches/batch_1",
                                "{\"id\":\"batch_1\",\"output_file_id\":\"file-1\","
                                        + "\"error_file_id\":null,\"input_file_id\":\"file-0\"}"))
                .containsExactly("file-1");
        assertThat(
                        ids(
                                "POST",
                                "/uploads/upload_1/complete",
                                "{\"id\":\"upload_1\",\"file\":{\"id\":\"file-1\"}}"))
                .containsExactly("file-1");
    }

    @Test
    void takesNoIdThatIsEscapedOrTooLong() {
        assertThat(ids("POST", "/files", "{\"id\":\"\\u0066ile\"}")).isEmpty();
        assertThat(ids("POST", "/files", "{\"id\":\"" + "x".repeat(129) + "\"}")).isEmpty();
        assertThat(ids("POST", "/files", "{\"id\":\"" + "x".repeat(128) + "\"}")).hasSize(1);
    }

    @Test
    void bearsWhatIsNoJson() {
        assertThat(ids("POST", "/files", "]]}}\"id\":\"x\"{{{[[[[[[[[[[\"id\":\"x\"")).isEmpty();
    }

    private static IdScanner watch(String method, String path, boolean stored) {
        OperationMatch.Found found = (OperationMatch.Found) CATALOGUE.match(method, path);
        byte[] request = "{\"store\":%b}".formatted(stored).getBytes(UTF_8);
        return IdPaths.watch(found.operation(), ReferenceScanner.in(request));
    }

    private static List<String> ids(String method, String path, String answer) {
        return cut(watch(method, path, false), answer, 8192).stream()
                .map(ObjectReference::id)
                .toList();
    }

    private static List<ObjectReference> cut(IdScanner watch, String answer, int size) {
        byte[] bytes = answer.getBytes(UTF_8);
        List<ObjectReference> found = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += size) {
            found.addAll(watch.take(ByteBuffer.wrap(bytes, at, Math.min(size, bytes.length - at))));
        }
        return found;
    }
}
