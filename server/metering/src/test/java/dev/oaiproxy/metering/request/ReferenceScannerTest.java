package dev.oaiproxy.metering.request;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import java.nio.charset.Charset;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class ReferenceScannerTest {
    private static final String FORM = "multipart/form-data; boundary=b";

    @Test
    void findsTextsAndListsUnderTheNamesAtAnyDepth() {
        assertThat(
                        found(
                                """
                                {"previous_response_id":"resp_1","conversation":{"id":"conv_1"},
                                "input":[{"role":"user","content":[
                                  {"type":"input_file","file_id":"file-1"}]}],
                                "tools":[
                                  {"type":"file_search","vector_store_ids":["vs_1","vs_2"]},
                                  {"type":"code_interpreter","container":{"type":"auto",
                                    "file_ids":["file-2"]}},
                                  {"type":"shell","environment":{"container_id":"cntr_1",
                                    "skills":[{"skill_id":"skill_1"}]}}]}
                                """))
                .extracting(ObjectReference::id)
                .containsExactly(
                        "resp_1", "conv_1", "file-1", "vs_1", "vs_2", "file-2", "cntr_1",
                        "skill_1");
    }

    @Test
    void seesThroughEscapesAndTakesEachOfTwins() {
        assertThat(found("{\"file\\u005fid\":\"a\",\"file_id\":\"\\u0062\",\"file_id\":\"c\"}"))
                .extracting(ObjectReference::id)
                .containsExactly("a", "b", "c");
    }

    @Test
    void knowsAConversationByItsTextToo() {
        assertThat(found("{\"conversation\":\"conv_1\"}"))
                .containsExactly(
                        new ObjectReference("conversation", ObjectKind.CONVERSATION, "conv_1"));
    }

    @Test
    void knowsASpokenAnswerOfBefore() {
        assertThat(
                        found(
                                """
                                {"audio":{"voice":{"id":"v"}},
                                "messages":[{"role":"assistant","audio":{"id":"audio_1"}}]}
                                """))
                .containsExactly(new ObjectReference("audio", ObjectKind.AUDIO, "audio_1"));
    }

    @Test
    void knowsAnItemThatItsIdCanStandFor() {
        assertThat(
                        found(
                                """
                                {"input":[{"type":"reasoning","id":"rs_1","summary":[]},
                                {"id":"ig_1","type":"image_generation_call"},
                                {"role":"assistant","id":"msg_1","content":[{"id":"rs_2"}]}]}
                                """))
                .containsExactly(
                        new ObjectReference("input", ObjectKind.ITEM, "rs_1"),
                        new ObjectReference("input", ObjectKind.ITEM, "ig_1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"items\":[{\"type\":\"item_reference\",\"id\":\"msg_1\"}]}",
                "{\"input\":[{\"id\":\"msg_1\"}]}",
                "{\"input\":[{\"type\":\"message\"},{\"id\":\"msg_1\",\"type\":null}]}",
                "{\"input\":[{\"id\":\"msg_1\",\"type\":\"message\",\"type\":\"item_reference\"}]}",
                "{\"input\":[{\"id\":\"msg_1\",\"role\":\"user\"}]}",
            })
    void findsAnItemThatIsNamedByItsIdAlone(String body) {
        assertThat(found(body))
                .containsExactly(new ObjectReference("input", ObjectKind.ITEM, "msg_1"));
    }

    @Test
    void takesAHistoryForNoUseOfWhatItCitesAndRan() {
        ReferenceScanner history =
                ReferenceScanner.in(
                        """
                        {"input":[
                        {"type":"reasoning","id":"rs_1","encrypted_content":"x","summary":[]},
                        {"type":"message","role":"assistant","id":"msg_1","content":[
                          {"type":"output_text","text":"a","annotations":[
                            {"type":"container_file_citation","file_id":"cfile_1",
                              "container_id":"cntr_1"},
                            {"type":"file_citation","file_id":"file-1"},
                            {"type":"file_path","file_id":"file-2"}]}]},
                        {"type":"file_search_call","id":"fs_1","results":[
                          {"file_id":"file-3","attributes":{"file_id":"file-4"}}]},
                        {"type":"code_interpreter_call","id":"ci_1","container_id":"cntr_2"},
                        {"type":"shell_call","environment":{"container_id":"cntr_3"}},
                        {"type":"image_generation_call","id":"ig_1","result":"AAAA"},
                        {"type":"tool_search_call","arguments":{"file_id":"file-5"}}]}
                        """
                                .getBytes(UTF_8));
        assertThat(history.fault()).isNull();
        assertThat(history.found()).isEmpty();
        assertThat(history.mentioned())
                .extracting(ObjectReference::id)
                .containsExactly("fs_1", "cntr_2", "ci_1", "cntr_3", "ig_1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"input\":[{\"type\":\"message\",\"content\":[{\"file_id\":\"file-1\"}]}]}",
                "{\"input\":[{\"type\":\"message\",\"results\":[{\"file_id\":\"file-1\"}]}]}",
                "{\"input\":[{\"type\":\"file_search_call\",\"type\":\"x\","
                        + "\"results\":[{\"file_id\":\"file-1\"}]}]}",
                "{\"input\":[{\"type\":\"function_call_output\",\"output\":["
                        + "{\"type\":\"input_image\",\"file_id\":\"file-1\"}]}]}",
                "{\"annotations\":[{\"file_id\":\"file-1\"}]}",
                "{\"tools\":[{\"annotations\":{\"file_id\":\"file-1\"}}]}",
            })
    void takesAFileForUsedWhereverItIsNotCited(String body) {
        assertThat(found(body)).extracting(ObjectReference::id).containsExactly("file-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "",
                "{\"metadata\":{\"file_id\":\"mine\"}}",
                "{\"files\":[{\"attributes\":{\"conversation\":\"about that\"}}]}",
                "{\"tools\":[{\"parameters\":{\"properties\":{\"file_id\":{\"default\":\"x\"}}}}]}",
                "{\"file_id\":null,\"file_ids\":[],\"container\":7}",
                "{\"input\":[\"a\",\"b\"]}",
                "{\"input\":[{\"role\":\"user\",\"content\":\"file_id\"}]}",
                "{\"input\":[{\"type\":\"message\",\"id\":\"msg_1\"}]}",
            })
    void findsNothingWhereNothingIsUsed(String body) {
        ReferenceScanner referenceScanner = ReferenceScanner.in(body.getBytes(UTF_8));
        assertThat(referenceScanner.found()).isEmpty();
        assertThat(referenceScanner.fault()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\":{\"id\":\"pmpt_1\"}}",
                "{\"file_id\":\"a\"",
                "file_id=a",
                "{'file_id':'a'}",
            })
    void refusesWhatCannotBeLookedUpOrRead(String body) {
        assertThat(ReferenceScanner.in(body.getBytes(UTF_8)).fault()).isNotNull();
    }

    @Test
    void refusesOtherEncodings() {
        for (Charset charset : List.of(UTF_16LE, Charset.forName("UTF-32BE"))) {
            assertThat(ReferenceScanner.in("{\"file_id\":\"a\"}".getBytes(charset)).fault())
                    .isNotNull();
        }
        assertThat(ReferenceScanner.in("\ufeff{}".getBytes(UTF_8)).fault()).isNotNull();
        assertThat(
                        ReferenceScanner.in(new byte[] {'{', '"', (byte) 0xc0, '"', ':', '1', '}'})
                                .fault())
                .isNotNull();
    }

    @Test
    void tellsWhatIsNotToBeStored() {
        assertThat(ReferenceScanner.in("{\"store\":false}".getBytes(UTF_8)).discarded()).isTrue();
        for (String kept :
                List.of(
                        "{}",
                        "{\"a\":{\"store\":false}}",
                        "{\"store\":false,\"store\":true}",
                        "{\"store\":false,\"background\":true}")) {
            assertThat(ReferenceScanner.in(kept.getBytes(UTF_8)).discarded()).as(kept).isFalse();
        }
    }

    @Test
    void tellsWhatIsToBeStored() {
        assertThat(ReferenceScanner.in("{\"store\":true}".getBytes(UTF_8)).stored()).isTrue();
        assertThat(
                        ReferenceScanner.in(
                                        "{\"store\":false,\"a\":{\"store\":true}}".getBytes(UTF_8))
                                .stored())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "form-data; name=\"file_id\"",
                "form-data; name=file_id",
                "form-data; name*=utf-8''file%5Fid",
                "form-data; NAME = \"file_id\"",
                "form-data;\r\n name=\"file_id\"",
                "form-data; filename=\"x\"; name=\"file_id\"",
                "form-data; name='file_id'",
                "form-data; name=\"fi\\le_id\"",
                "form-data; name*0=\"file_\"; name*1=\"id\"",
                "form-data; name*0*=utf-8''file_; name*1=\"id\"",
                "form-data; name=\"file_ids[]\"",
                "form-data; name=\"images[0][file_id]\"",
            })
    void refusesFormsWithFieldsThatNameObjects(String disposition) {
        String form = "--b\r\ncontent-DISPOSITION: " + disposition + "\r\n\r\nfile-1\r\n--b--\r\n";
        assertThat(ReferenceScanner.in(FORM, form.getBytes(UTF_8)).fault()).isNotNull();
    }

    @Test
    void refusesANameThatStandsTooFarInAHead() {
        String form =
                "--b\r\nContent-Disposition: form-data; filename=\"%s\"; name=\"file_id\"\r\n\r\nx"
                        .formatted("x".repeat(10_000));
        assertThat(ReferenceScanner.in(FORM, form.getBytes(UTF_8)).fault()).isNotNull();
    }

    @Test
    void letsOtherFormsPass() {
        String form =
                """
                --b\r
                Content-Disposition: form-data; name="purpose"\r
                \r
                assistants\r
                --b\r
                Content-Disposition: form-data; name="file"; filename="file_id.txt"\r
                Content-Type: text/plain\r
                \r
                {"file_id": "file-1"}\r
                Content-Disposition: attachment; filename="file_id"\r
                --b--\r
                """;
        assertThat(ReferenceScanner.in(FORM, form.getBytes(UTF_8)).fault()).isNull();
    }

    private static List<ObjectReference> found(String body) {
        ReferenceScanner referenceScanner = ReferenceScanner.in(body.getBytes(UTF_8));
        assertThat(referenceScanner.fault()).isNull();
        return referenceScanner.found();
    }
}
