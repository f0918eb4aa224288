package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.metering.operation.ObjectKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a call that costs nothing leaves written down of owners. */
final class ErrandTest {
    private static final String FILE = "{\"id\":\"file-1\",\"object\":\"file\"}";

    @TempDir Path folder;

    private Till till(int status, String... parts) {
        return new Till(
                folder,
                new PlayedOpenAi(request -> PlayedOpenAi.answer(status, PlayedOpenAi.JSON, parts)));
    }

    @Test
    void anAnswerPassesByteForByteHoweverItIsCut() {
        try (Till till = till(200, FILE.split(""))) {
            Screen screen = till.call(till.keyFor("ann"), "POST /files", "");
            assertThat(screen.text()).isEqualTo(FILE);
            assertThat(till.isOwned("file-1")).isTrue();
        }
    }

    @Test
    void anAnswerIsWithheldWhenItsOwnerCannotBeWrittenDown() {
        AtomicReference<Till> open = new AtomicReference<>();
        PlayedOpenAi openAi =
                new PlayedOpenAi(
                        request -> {
                            open.get().close();
                            return PlayedOpenAi.answer(200, PlayedOpenAi.JSON, FILE);
                        });
        open.set(new Till(folder, openAi));
        Screen screen = open.get().call(open.get().keyFor("ann"), "POST /files", "");
        assertThat(screen.refusal).isEqualTo(new Refusal.NotRecorded());
        assertThat(screen.text()).isEmpty();
    }

    @Test
    void anErrorMakesNothingAnyones() {
        try (Till till = till(400, FILE)) {
            till.call(till.keyFor("ann"), "POST /files", "");
            assertThat(till.isOwned("file-1")).isFalse();
        }
    }

    @Test
    void whatIsDeletedIsForgotten() {
        try (Till till = till(200, "{\"id\":\"file-1\",\"deleted\":true}")) {
            Secret ann = till.keyFor("ann");
            till.give(ann, ObjectKind.FILE, "file-1");
            till.give(ann, ObjectKind.VECTOR_STORE, "vs_1");
            till.call(ann, "DELETE /vector_stores/vs_1/files/file-1", "");
            assertThat(till.isOwned("vs_1")).isTrue();
            till.call(ann, "DELETE /files/file-1", "");
            assertThat(till.isOwned("file-1")).isFalse();
        }
    }

    @Test
    void whatCouldNotBeDeletedIsKept() {
        try (Till till = till(500, "{}")) {
            Secret ann = till.keyFor("ann");
            till.give(ann, ObjectKind.FILE, "file-1");
            till.call(ann, "DELETE /files/file-1", "");
            assertThat(till.isOwned("file-1")).isTrue();
        }
    }

    @Test
    void whatIsNotYetFoundIsKept() {
        try (Till till = till(404, "{}")) {
            Secret ann = till.keyFor("ann");
            till.give(ann, ObjectKind.FILE, "file-1");
            assertThat(till.call(ann, "GET /files/file-1", "").status).isEqualTo(404);
            assertThat(till.isOwned("file-1")).isTrue();
        }
    }

    @Test
    void whatCostsWhileItIsKeptIsPaidOnWhenItIsNotFoundOnce() {
        try (Till till = till(404, "{}")) {
            Secret ann = till.keyFor("ann");
            till.give(ann, ObjectKind.VECTOR_STORE, "vs_1");
            till.give(ann, ObjectKind.FILE, "file-1");
            till.call(ann, "DELETE /vector_stores/vs_1", "");
            till.call(ann, "GET /vector_stores/vs_1", "");
            till.call(ann, "DELETE /files/file-1", "");
            assertThat(till.isOwned("vs_1")).isTrue();
            assertThat(till.isPaidFor("vs_1")).isTrue();
            assertThat(till.isOwned("file-1")).isFalse();
        }
    }

    @Test
    void aVectorStoreWhoseOwnerCannotBeWrittenDownIsDeleted() {
        AtomicReference<Till> open = new AtomicReference<>();
        List<String> asked = new ArrayList<>();
        PlayedOpenAi openAi =
                new PlayedOpenAi(
                        request -> {
                            asked.add(request.method() + " " + request.pathAndQuery());
                            open.get().close();
                            return PlayedOpenAi.answer(
                                    200, PlayedOpenAi.JSON, "{\"id\":\"vs_1\",\"usage_bytes\":0}");
                        });
        open.set(new Till(folder, openAi));
        Screen screen = open.get().call(open.get().keyFor("ann"), "POST /vector_stores", "{}");
        assertThat(screen.text()).doesNotContain("vs_1");
        assertThat(asked).containsExactly("POST /vector_stores", "DELETE /vector_stores/vs_1");
    }

    @Test
    void aVectorStoreOfAnAnswerThatBrokeOffIsItsCallers() {
        try (Till till = till(200, "{\"id\":\"vs_1\",", PlayedOpenAi.BREAK)) {
            Screen screen = till.call(till.keyFor("ann"), "POST /vector_stores", "{}");
            assertThat(screen.text()).doesNotContain("vs_1");
            assertThat(till.isPaidFor("vs_1")).isTrue();
        }
    }

    @Test
    void aStoredChatIsItsCallersAndAnotherIsNobodys() throws Exception {
        String chat =
                "{\"id\":\"chatcmpl-1\",\"model\":\"gpt-4o-mini\",\"usage\":{\"prompt_tokens\":1,"
                        + "\"completion_tokens\":1,\"total_tokens\":2}}";
        try (Till till = till(200, chat)) {
            till.chat("", new Screen());
            assertThat(till.isOwned("chatcmpl-1")).isFalse();
            Screen screen = new Screen();
            till.chat(",\"store\":true", screen);
            assertThat(screen.text()).isEqualTo(chat);
            assertThat(till.isOwned("chatcmpl-1")).isTrue();
        }
    }

    @Test
    void aStoredChatIsWithheldWhenItsOwnerCannotBeWrittenDown() throws Exception {
        AtomicReference<Till> open = new AtomicReference<>();
        PlayedOpenAi openAi =
                new PlayedOpenAi(
                        request -> {
                            open.get().close();
                            return PlayedOpenAi.answer(
                                    200,
                                    PlayedOpenAi.EVENTS,
                                    "data: {\"choices\":[{\"delta\":{}}]}\n\n",
                                    "data: {\"id\":\"chatcmpl-1\",\"choices\":[]}\n\n",
                                    "data: [DONE]\n\n");
                        });
        open.set(new Till(folder, openAi));
        Screen screen = new Screen();
        open.get().chat(",\"store\":true,\"stream\":true", screen);
        assertThat(screen.text()).doesNotContain("chatcmpl-1").contains("\"error\"");
    }
}
