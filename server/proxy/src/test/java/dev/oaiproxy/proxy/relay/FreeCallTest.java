package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ownership records of free calls. */
@Tag("database")
final class FreeCallTest {
    private static final String FILE = "{\"id\":\"file-1\",\"object\":\"file\"}";

    @TempDir Path folder;

    private RelayFixture till(int status, String... parts) {
        return new RelayFixture(
                folder,
                new ScriptedOpenAi(
                        request -> ScriptedOpenAi.answer(status, ScriptedOpenAi.JSON, parts)));
    }

    @Test
    void anAnswerPassesByteForByteHoweverItIsCut() {
        try (RelayFixture relayFixture = till(200, FILE.split(""))) {
            BufferingClient bufferingClient =
                    relayFixture.call(relayFixture.keyFor("ann"), "POST /files", "");
            assertThat(bufferingClient.text()).isEqualTo(FILE);
            assertThat(relayFixture.isOwned("file-1")).isTrue();
        }
    }

    @Test
    void anAnswerIsWithheldWhenItsOwnerCannotBeWrittenDown() {
        AtomicReference<RelayFixture> open = new AtomicReference<>();
        ScriptedOpenAi openAi =
                new ScriptedOpenAi(
                        request -> {
                            open.get().close();
                            return ScriptedOpenAi.answer(200, ScriptedOpenAi.JSON, FILE);
                        });
        open.set(new RelayFixture(folder, openAi));
        BufferingClient bufferingClient =
                open.get().call(open.get().keyFor("ann"), "POST /files", "");
        assertThat(bufferingClient.refusal).isEqualTo(new Refusal.NotRecorded());
        assertThat(bufferingClient.text()).isEmpty();
    }

    @Test
    void anErrorMakesNothingAnyones() {
        try (RelayFixture relayFixture = till(400, FILE)) {
            relayFixture.call(relayFixture.keyFor("ann"), "POST /files", "");
            assertThat(relayFixture.isOwned("file-1")).isFalse();
        }
    }

    @Test
    void whatIsDeletedIsForgotten() {
        try (RelayFixture relayFixture = till(200, "{\"id\":\"file-1\",\"deleted\":true}")) {
            Secret ann = relayFixture.keyFor("ann");
            relayFixture.give(ann, ObjectKind.FILE, "file-1");
            relayFixture.give(ann, ObjectKind.VECTOR_STORE, "vs_1");
            relayFixture.call(ann, "DELETE /vector_stores/vs_1/files/file-1", "");
            assertThat(relayFixture.isOwned("vs_1")).isTrue();
            relayFixture.call(ann, "DELETE /files/file-1", "");
            assertThat(relayFixture.isOwned("file-1")).isFalse();
        }
    }

    @Test
    void whatCouldNotBeDeletedIsKept() {
        try (RelayFixture relayFixture = till(500, "{}")) {
            Secret ann = relayFixture.keyFor("ann");
            relayFixture.give(ann, ObjectKind.FILE, "file-1");
            relayFixture.call(ann, "DELETE /files/file-1", "");
            assertThat(relayFixture.isOwned("file-1")).isTrue();
        }
    }

    @Test
    void whatIsNotYetFoundIsKept() {
        try (RelayFixture relayFixture = till(404, "{}")) {
            Secret ann = relayFixture.keyFor("ann");
            relayFixture.give(ann, ObjectKind.FILE, "file-1");
            assertThat(relayFixture.call(ann, "GET /files/file-1", "").status).isEqualTo(404);
            assertThat(relayFixture.isOwned("file-1")).isTrue();
        }
    }

    @Test
    void whatCostsWhileItIsKeptIsPaidOnWhenItIsNotFoundOnce() {
        try (RelayFixture relayFixture = till(404, "{}")) {
            Secret ann = relayFixture.keyFor("ann");
            relayFixture.give(ann, ObjectKind.VECTOR_STORE, "vs_1");
            relayFixture.give(ann, ObjectKind.FILE, "file-1");
            relayFixture.call(ann, "DELETE /vector_stores/vs_1", "");
            relayFixture.call(ann, "GET /vector_stores/vs_1", "");
            relayFixture.call(ann, "DELETE /files/file-1", "");
            assertThat(relayFixture.isOwned("vs_1")).isTrue();
            assertThat(relayFixture.isPaidFor("vs_1")).isTrue();
            assertThat(relayFixture.isOwned("file-1")).isFalse();
        }
    }

    @Test
    void aVectorStoreWhoseOwnerCannotBeWrittenDownIsDeleted() {
        AtomicReference<RelayFixture> open = new AtomicReference<>();
        List<String> asked = new ArrayList<>();
        ScriptedOpenAi openAi =
                new ScriptedOpenAi(
                        request -> {
                            asked.add(request.method() + " " + request.pathAndQuery());
                            open.get().close();
                            return ScriptedOpenAi.answer(
                                    200,
                                    ScriptedOpenAi.JSON,
                                    "{\"id\":\"vs_1\",\"usage_bytes\":0}");
                        });
        open.set(new RelayFixture(folder, openAi));
        BufferingClient bufferingClient =
                open.get().call(open.get().keyFor("ann"), "POST /vector_stores", "{}");
        assertThat(bufferingClient.text()).doesNotContain("vs_1");
        assertThat(asked).containsExactly("POST /vector_stores", "DELETE /vector_stores/vs_1");
    }

    @Test
    void aVectorStoreOfAnAnswerThatBrokeOffIsItsCallers() {
        try (RelayFixture relayFixture = till(200, "{\"id\":\"vs_1\",", ScriptedOpenAi.BREAK)) {
            BufferingClient bufferingClient =
                    relayFixture.call(relayFixture.keyFor("ann"), "POST /vector_stores", "{}");
            assertThat(bufferingClient.text()).doesNotContain("vs_1");
            assertThat(relayFixture.isPaidFor("vs_1")).isTrue();
        }
    }

    @Test
    void aStoredChatIsItsCallersAndAnotherIsNobodys() throws Exception {
        String chat =
                "{\"id\":\"chatcmpl-1\",\"model\":\"gpt-4o-mini\",\"usage\":{\"prompt_tokens\":1,"
                        + "\"completion_tokens\":1,\"total_tokens\":2}}";
        try (RelayFixture relayFixture = till(200, chat)) {
            relayFixture.chat("", new BufferingClient());
            assertThat(relayFixture.isOwned("chatcmpl-1")).isFalse();
            BufferingClient bufferingClient = new BufferingClient();
            relayFixture.chat(",\"store\":true", bufferingClient);
            assertThat(bufferingClient.text()).isEqualTo(chat);
            assertThat(relayFixture.isOwned("chatcmpl-1")).isTrue();
        }
    }

    @Test
    void aStoredChatIsWithheldWhenItsOwnerCannotBeWrittenDown() throws Exception {
        AtomicReference<RelayFixture> open = new AtomicReference<>();
        ScriptedOpenAi openAi =
                new ScriptedOpenAi(
                        request -> {
                            open.get().close();
                            return ScriptedOpenAi.answer(
                                    200,
                                    ScriptedOpenAi.EVENTS,
                                    "data: {\"choices\":[{\"delta\":{}}]}\n\n",
                                    "data: {\"id\":\"chatcmpl-1\",\"choices\":[]}\n\n",
                                    "data: [DONE]\n\n");
                        });
        open.set(new RelayFixture(folder, openAi));
        BufferingClient bufferingClient = new BufferingClient();
        open.get().chat(",\"store\":true,\"stream\":true", bufferingClient);
        assertThat(bufferingClient.text()).doesNotContain("chatcmpl-1").contains("\"error\"");
    }
}
