package dev.oaiproxy.e2e.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileListParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.vectorstores.VectorStore;
import com.openai.models.vectorstores.VectorStoreCreateParams;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two users of one OpenAI project, each with the official SDK. */
@Tag("server")
@Timeout(120)
final class OwnershipTest {
    @TempDir Path home;

    private ServerFixture site;
    private OpenAIClient ann;
    private OpenAIClient eve;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
        ann = site.sdk(site.operator().createKey("ann", "5").secret());
        eve = site.sdk(site.operator().createKey("eve", "5").secret());
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private FileObject upload(OpenAIClient client, String text) throws Exception {
        return client.files()
                .create(
                        FileCreateParams.builder()
                                .file(Files.writeString(home.resolve("notes.txt"), text))
                                .purpose(FilePurpose.BATCH)
                                .build())
                .validate();
    }

    private static String content(OpenAIClient client, FileObject file) {
        try (HttpResponse content = client.files().content(file.id())) {
            return new String(content.body().readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> files(OpenAIClient client, long limit) {
        FileListParams params = FileListParams.builder().limit(limit).build();
        return client.files().list(params).autoPager().stream().map(FileObject::id).toList();
    }

    @Test
    void aFileIsItsOwnersToReadListUseAndDelete() throws Exception {
        FileObject file = upload(ann, "hi");

        assertThat(ann.files().retrieve(file.id()).validate()).isEqualTo(file);
        assertThat(content(ann, file)).isEqualTo("hi");
        VectorStoreCreateParams uses =
                VectorStoreCreateParams.builder().name("n").addFileId(file.id()).build();
        VectorStore store = ann.vectorStores().create(uses).validate();
        assertThat(ann.vectorStores().files().list(store.id()).data()).hasSize(1);

        assertMissing(() -> eve.files().retrieve(file.id()));
        assertMissing(() -> content(eve, file));
        assertMissing(() -> eve.files().delete(file.id()));
        assertMissing(() -> eve.vectorStores().create(uses));
        assertMissing(() -> eve.vectorStores().files().list(store.id()));
        assertThat(eve.vectorStores().list().data()).isEmpty();

        assertThat(ann.files().delete(file.id()).validate().deleted()).isTrue();
        assertMissing(() -> ann.files().retrieve(file.id()));
    }

    @Test
    void aListThatIsWalkedShowsEachUserTheirOwn() throws Exception {
        List<String> annes = List.of(upload(ann, "1").id(), upload(ann, "2").id());
        String eves = upload(eve, "3").id();
        String third = upload(ann, "4").id();

        assertThat(files(ann, 1)).containsExactlyInAnyOrder(annes.get(0), annes.get(1), third);
        assertThat(files(eve, 1)).containsExactly(eves);
    }

    @Test
    void ownersAreKnownAfterARestart() throws Exception {
        FileObject file = upload(ann, "hi");
        String second = site.operator().createKey("ann", "5").secret();
        site.restart();

        assertThat(site.sdk(second).files().retrieve(file.id()).id()).isEqualTo(file.id());
    }

    private static void assertMissing(Runnable call) {
        assertThatExceptionOfType(NotFoundException.class).isThrownBy(call::run);
    }
}
