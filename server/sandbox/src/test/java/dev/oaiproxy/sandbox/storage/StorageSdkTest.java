package dev.oaiproxy.sandbox.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponse;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileListParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.skills.Skill;
import com.openai.models.skills.SkillCreateParams;
import com.openai.models.uploads.Upload;
import com.openai.models.uploads.UploadCompleteParams;
import com.openai.models.uploads.UploadCreateParams;
import com.openai.models.uploads.parts.PartCreateParams;
import com.openai.models.uploads.parts.UploadPart;
import com.openai.models.vectorstores.VectorStore;
import com.openai.models.vectorstores.VectorStoreCreateParams;
import com.openai.models.vectorstores.VectorStoreSearchParams;
import dev.oaiproxy.sandbox.SandboxClient;
import dev.oaiproxy.sandbox.SandboxSdk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@Tag("server")
final class StorageSdkTest {
    private static final int LARGE = 25 << 20;

    @AutoClose private final SandboxSdk sandbox = SandboxSdk.start();
    private final OpenAIClient client = sandbox.client();

    @TempDir private Path folder;

    private FileObject upload(byte[] content, FilePurpose purpose) throws Exception {
        return client.files()
                .create(
                        FileCreateParams.builder()
                                .file(Files.write(folder.resolve("a.jsonl"), content))
                                .purpose(purpose)
                                .build())
                .validate();
    }

    @Test
    void keepsALargeFile() throws Exception {
        FileObject file = upload(new byte[LARGE], FilePurpose.BATCH);

        assertThat(file.bytes()).isEqualTo(LARGE);
        assertThat(client.files().retrieve(file.id()).validate()).isEqualTo(file);
        assertThat(client.files().list(FileListParams.builder().purpose("batch").build()).data())
                .containsExactly(file);
        try (HttpResponse content = client.files().content(file.id())) {
            assertThat(content.body().readAllBytes()).hasSize(LARGE);
        }
        assertThat(client.files().delete(file.id()).validate().deleted()).isTrue();
    }

    @Test
    void runsABatch() throws Exception {
        String line =
                """
                {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":%s}\
                """
                        .formatted(SandboxClient.chat("gpt-4o", "Hi", ""));
        FileObject file = upload(line.getBytes(StandardCharsets.UTF_8), FilePurpose.BATCH);
        Batch batch =
                client.batches()
                        .create(
                                BatchCreateParams.builder()
                                        .inputFileId(file.id())
                                        .endpoint(BatchCreateParams.Endpoint.V1_CHAT_COMPLETIONS)
                                        .completionWindow(BatchCreateParams.CompletionWindow._24H)
                                        .build());
        while (!batch.status().equals(Batch.Status.COMPLETED)) {
            batch = client.batches().retrieve(batch.id()).validate();
        }
        assertThat(batch.usage().orElseThrow().outputTokens()).isEqualTo(16);
        assertThat(client.batches().list().data()).hasSize(1);
        try (HttpResponse output = client.files().content(batch.outputFileId().orElseThrow())) {
            assertThat(new String(output.body().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"custom_id\":\"a\"");
        }
    }

    @Test
    void fillsAVectorStore() throws Exception {
        FileObject file = upload(new byte[] {'h', 'i'}, FilePurpose.ASSISTANTS);
        VectorStore store =
                client.vectorStores()
                        .create(
                                VectorStoreCreateParams.builder()
                                        .name("n")
                                        .addFileId(file.id())
                                        .build())
                        .validate();

        assertThat(store.usageBytes()).isEqualTo(2);
        assertThat(client.vectorStores().files().list(store.id()).data().getFirst().validate().id())
                .isEqualTo(file.id());
        assertThat(
                        client.vectorStores()
                                .search(
                                        VectorStoreSearchParams.builder()
                                                .vectorStoreId(store.id())
                                                .query("hi")
                                                .build())
                                .data()
                                .getFirst()
                                .validate()
                                .fileId())
                .isEqualTo(file.id());
        assertThat(client.vectorStores().delete(store.id()).validate().deleted()).isTrue();
    }

    @Test
    void uploadsInPartsAndKeepsSkills() throws Exception {
        Upload upload =
                client.uploads()
                        .create(
                                UploadCreateParams.builder()
                                        .bytes(2)
                                        .filename("a.jsonl")
                                        .mimeType("text/plain")
                                        .purpose(FilePurpose.BATCH)
                                        .build())
                        .validate();
        UploadPart part =
                client.uploads()
                        .parts()
                        .create(
                                upload.id(),
                                PartCreateParams.builder().data(new byte[] {1, 2}).build())
                        .validate();
        Upload completed =
                client.uploads()
                        .complete(
                                upload.id(),
                                UploadCompleteParams.builder().addPartId(part.id()).build())
                        .validate();
        assertThat(completed.file().orElseThrow().bytes()).isEqualTo(2);
        Skill skill =
                client.skills()
                        .create(SkillCreateParams.builder().files(new byte[] {1}).build())
                        .validate();
        assertThat(client.skills().list().data()).containsExactly(skill);
        assertThat(
                        client.skills()
                                .versions()
                                .list(skill.id())
                                .data()
                                .getFirst()
                                .validate()
                                .version())
                .isEqualTo("1");
    }
}
