package dev.oaiproxy.e2e.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponse;
import com.openai.models.audio.speech.SpeechCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import com.openai.models.audio.translations.TranslationCreateParams;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.batches.BatchCreateParams.CompletionWindow;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.containers.ContainerCreateParams;
import com.openai.models.containers.files.FileRetrieveParams;
import com.openai.models.containers.files.content.ContentRetrieveParams;
import com.openai.models.conversations.items.ItemCreateParams;
import com.openai.models.decisions.DecisionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.methods.SupervisedHyperparameters;
import com.openai.models.finetuning.methods.SupervisedMethod;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.moderations.ModerationCreateParams;
import com.openai.models.realtime.clientsecrets.ClientSecretCreateParams;
import com.openai.models.responses.EasyInputMessage;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.inputtokens.InputTokenCountParams;
import com.openai.models.skills.SkillCreateParams;
import com.openai.models.uploads.UploadCompleteParams;
import com.openai.models.uploads.UploadCreateParams;
import com.openai.models.uploads.parts.PartCreateParams;
import com.openai.models.vectorstores.VectorStoreCreateParams;
import com.openai.models.vectorstores.filebatches.FileBatchCreateParams;
import com.openai.models.vectorstores.filebatches.FileBatchRetrieveParams;
import com.openai.models.vectorstores.files.FileListParams;
import dev.oaiproxy.e2e.batch.BatchClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One use of each service that the proxy offers, in an order that creates ids before they are
 * needed.
 */
final class SdkServiceCalls {
    private final OpenAIClient sdk;
    private final Path home;
    private final Map<String, Step> steps = new LinkedHashMap<>();

    /** A use of a service. */
    interface Step {
        void take() throws IOException;
    }

    /**
     * @param home the folder for uploaded files
     */
    SdkServiceCalls(OpenAIClient sdk, Path home) {
        this.sdk = sdk;
        this.home = home;
    }

    /** All uses by the path to the service, such as {@code chat().completions}. */
    Map<String, Step> all() {
        texts();
        media();
        files();
        conversations();
        containers();
        stores();
        skills();
        jobs();
        secrets();
        return steps;
    }

    private void texts() {
        steps.put("models", () -> assertThat(sdk.models().list().data()).isNotEmpty());
        String[] chat = new String[1];
        ChatCompletionCreateParams ask =
                ChatCompletionCreateParams.builder()
                        .model("gpt-4o-mini")
                        .addUserMessage("hello")
                        .store(true)
                        .build();
        steps.put("chat().completions", () -> chat[0] = sdk.chat().completions().create(ask).id());
        steps.put(
                "chat().completions().messages",
                () ->
                        assertThat(sdk.chat().completions().messages().list(chat[0]).data())
                                .hasSize(1));
        CompletionCreateParams legacy =
                CompletionCreateParams.builder()
                        .model("gpt-3.5-turbo-instruct")
                        .prompt("hello")
                        .build();
        steps.put("completions", () -> sdk.completions().create(legacy));
        EmbeddingCreateParams words =
                EmbeddingCreateParams.builder()
                        .model("text-embedding-3-small")
                        .input("hello")
                        .build();
        steps.put("embeddings", () -> sdk.embeddings().create(words));
        ModerationCreateParams moderation = ModerationCreateParams.builder().input("hello").build();
        steps.put("moderations", () -> sdk.moderations().create(moderation));
        DecisionCreateParams decision =
                DecisionCreateParams.builder()
                        .model("gpt-6-luna")
                        .input("hello")
                        .addPredicateQuestion("Is it a greeting?")
                        .build();
        steps.put("decisions", () -> sdk.decisions().create(decision));
    }

    @SuppressWarnings("deprecation") // The service is offered as long as OpenAI offers it.
    private void media() {
        ImageGenerateParams cat =
                ImageGenerateParams.builder().model("gpt-image-1").prompt("a cat").build();
        steps.put("images", () -> sdk.images().generate(cat));
        Path sound = home.resolve("hello.wav");
        SpeechCreateParams hello =
                SpeechCreateParams.builder()
                        .model("gpt-4o-mini-tts")
                        .voice("alloy")
                        .input("hello")
                        .responseFormat(SpeechCreateParams.ResponseFormat.WAV)
                        .build();
        steps.put(
                "audio().speech",
                () -> {
                    try (HttpResponse spoken = sdk.audio().speech().create(hello)) {
                        Files.write(sound, spoken.body().readAllBytes());
                    }
                });
        steps.put(
                "audio().transcriptions",
                () ->
                        sdk.audio()
                                .transcriptions()
                                .create(
                                        TranscriptionCreateParams.builder()
                                                .model("gpt-4o-mini-transcribe")
                                                .file(sound)
                                                .build()));
        steps.put(
                "audio().translations",
                () ->
                        sdk.audio()
                                .translations()
                                .create(
                                        TranslationCreateParams.builder()
                                                .model("whisper-1")
                                                .file(sound)
                                                .build()));
    }

    private String file(String name, String content, FilePurpose purpose) throws IOException {
        Path path = Files.writeString(home.resolve(name), content);
        return sdk.files()
                .create(FileCreateParams.builder().file(path).purpose(purpose).build())
                .id();
    }

    private void files() {
        steps.put(
                "files",
                () ->
                        sdk.files()
                                .retrieve(file("words.txt", "some words", FilePurpose.ASSISTANTS)));
        String[] upload = new String[2];
        UploadCreateParams five =
                UploadCreateParams.builder()
                        .bytes(5)
                        .filename("hello.txt")
                        .mimeType("text/plain")
                        .purpose(FilePurpose.ASSISTANTS)
                        .build();
        steps.put("uploads", () -> upload[0] = sdk.uploads().create(five).id());
        PartCreateParams part = PartCreateParams.builder().data("hello".getBytes(UTF_8)).build();
        steps.put(
                "uploads().parts",
                () -> {
                    upload[1] = sdk.uploads().parts().create(upload[0], part).id();
                    sdk.uploads()
                            .complete(
                                    upload[0],
                                    UploadCompleteParams.builder().addPartId(upload[1]).build());
                });
    }

    private void conversations() {
        String[] made = new String[2];
        ResponseCreateParams ask =
                ResponseCreateParams.builder().model("gpt-5.5").input("hello").build();
        steps.put("responses", () -> made[0] = sdk.responses().create(ask).id());
        steps.put(
                "responses().inputItems",
                () -> assertThat(sdk.responses().inputItems().list(made[0]).data()).hasSize(1));
        InputTokenCountParams count =
                InputTokenCountParams.builder().model("gpt-5.5").input("hello").build();
        steps.put(
                "responses().inputTokens",
                () ->
                        assertThat(sdk.responses().inputTokens().count(count).inputTokens())
                                .isPositive());
        steps.put("conversations", () -> made[1] = sdk.conversations().create().id());
        ItemCreateParams item =
                ItemCreateParams.builder()
                        .addItem(
                                EasyInputMessage.builder()
                                        .role(EasyInputMessage.Role.USER)
                                        .content("hello")
                                        .build())
                        .build();
        steps.put(
                "conversations().items",
                () -> {
                    sdk.conversations().items().create(made[1], item);
                    assertThat(sdk.conversations().items().list(made[1]).data()).hasSize(1);
                });
    }

    private void containers() {
        String[] made = new String[3];
        steps.put(
                "containers",
                () ->
                        made[0] =
                                sdk.containers()
                                        .create(ContainerCreateParams.builder().name("box").build())
                                        .id());
        com.openai.models.containers.files.FileCreateParams hello =
                com.openai.models.containers.files.FileCreateParams.builder()
                        .file("hello".getBytes(UTF_8))
                        .build();
        steps.put(
                "containers().files",
                () -> {
                    made[1] = sdk.containers().files().create(made[0], hello).id();
                    sdk.containers()
                            .files()
                            .retrieve(
                                    made[1],
                                    FileRetrieveParams.builder().containerId(made[0]).build());
                });
        steps.put(
                "containers().files().content",
                () -> {
                    ContentRetrieveParams box =
                            ContentRetrieveParams.builder().containerId(made[0]).build();
                    try (HttpResponse content =
                            sdk.containers().files().content().retrieve(made[1], box)) {
                        assertThat(content.body()).hasBinaryContent("hello".getBytes(UTF_8));
                    }
                });
    }

    private void stores() {
        String[] made = new String[2];
        steps.put(
                "vectorStores",
                () ->
                        made[0] =
                                sdk.vectorStores()
                                        .create(VectorStoreCreateParams.builder().build())
                                        .id());
        steps.put(
                "vectorStores().fileBatches",
                () -> {
                    String file = file("a.txt", "some words", FilePurpose.ASSISTANTS);
                    String batch =
                            sdk.vectorStores()
                                    .fileBatches()
                                    .create(
                                            made[0],
                                            FileBatchCreateParams.builder().addFileId(file).build())
                                    .id();
                    sdk.vectorStores()
                            .fileBatches()
                            .retrieve(
                                    batch,
                                    FileBatchRetrieveParams.builder()
                                            .vectorStoreId(made[0])
                                            .build());
                });
        FileListParams inIt = FileListParams.builder().build();
        steps.put(
                "vectorStores().files",
                () -> assertThat(sdk.vectorStores().files().list(made[0], inIt).data()).hasSize(1));
    }

    private void skills() {
        String[] made = new String[1];
        SkillCreateParams skill = SkillCreateParams.builder().files(new byte[] {1}).build();
        steps.put("skills", () -> made[0] = sdk.skills().create(skill).id());
        steps.put(
                "skills().content",
                () -> {
                    try (HttpResponse content = sdk.skills().content().retrieve(made[0])) {
                        assertThat(content.body()).isNotEmpty();
                    }
                });
        steps.put(
                "skills().versions",
                () -> assertThat(sdk.skills().versions().list(made[0]).data()).hasSize(1));
        steps.put(
                "skills().versions().content",
                () -> {
                    com.openai.models.skills.versions.content.ContentRetrieveParams first =
                            com.openai.models.skills.versions.content.ContentRetrieveParams
                                    .builder()
                                    .skillId(made[0])
                                    .build();
                    try (HttpResponse content =
                            sdk.skills().versions().content().retrieve("1", first)) {
                        assertThat(content.body()).isNotEmpty();
                    }
                });
    }

    private void jobs() {
        String line =
                BatchClient.line(
                        "a",
                        BatchClient.CHAT,
                        """
                        {"model":"gpt-4o-mini","max_tokens":9,\
                        "messages":[{"role":"user","content":"hello"}]}\
                        """);
        steps.put(
                "batches",
                () ->
                        sdk.batches()
                                .create(
                                        BatchCreateParams.builder()
                                                .inputFileId(
                                                        file("b.jsonl", line, FilePurpose.BATCH))
                                                .endpoint(
                                                        BatchCreateParams.Endpoint
                                                                .V1_CHAT_COMPLETIONS)
                                                .completionWindow(CompletionWindow._24H)
                                                .build()));
        String example =
                """
                {"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}
                """;
        String[] job = new String[1];
        steps.put(
                "fineTuning().jobs",
                () ->
                        job[0] =
                                sdk.fineTuning()
                                        .jobs()
                                        .create(
                                                JobCreateParams.builder()
                                                        .model("gpt-4o-mini-2024-07-18")
                                                        .trainingFile(
                                                                file(
                                                                        "t.jsonl",
                                                                        example.repeat(10),
                                                                        FilePurpose.FINE_TUNE))
                                                        .method(oneEpoch())
                                                        .build())
                                        .id());
        steps.put(
                "fineTuning().jobs().checkpoints",
                () ->
                        assertThat(sdk.fineTuning().jobs().checkpoints().list(job[0]).data())
                                .isEmpty());
    }

    private static JobCreateParams.Method oneEpoch() {
        return JobCreateParams.Method.builder()
                .type(JobCreateParams.Method.Type.SUPERVISED)
                .supervised(
                        SupervisedMethod.builder()
                                .hyperparameters(
                                        SupervisedHyperparameters.builder().nEpochs(1).build())
                                .build())
                .build();
    }

    private void secrets() {
        ClientSecretCreateParams params = ClientSecretCreateParams.builder().build();
        steps.put("realtime().clientSecrets", () -> sdk.realtime().clientSecrets().create(params));
    }
}
