package dev.oaiproxy.e2e.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponse;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.audio.AudioResponseFormat;
import com.openai.models.audio.speech.SpeechCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionStreamEvent;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageEditStreamEvent;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.moderations.ModerationCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.vectorstores.VectorStore;
import com.openai.models.vectorstores.VectorStoreCreateParams;
import com.openai.models.vectorstores.VectorStoreSearchPage;
import com.openai.models.vectorstores.VectorStoreSearchParams;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.relay.FormBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The official SDK on all operations except chats. */
@Tag("server")
@Timeout(120)
final class SdkOperationsTest {
    @TempDir Path home;

    private ProxyFixture proxyFixture;
    private OpenAIClient client;

    @BeforeEach
    void start() {
        proxyFixture = ProxyFixture.in(home);
        client = proxyFixture.site().sdk(proxyFixture.bob().secret());
    }

    @AfterEach
    void stop() {
        proxyFixture.close();
    }

    /** Asserts this number of calls, all charged as the stand-in has billed them. */
    private void assertCharged(int calls) {
        assertThat(proxyFixture.site().operator().endedCalls(calls))
                .allSatisfy(call -> assertThat(call.state()).isEqualTo("charged"));
        Usd billed =
                proxyFixture.site().openAi().bill().entries().stream()
                        .map(ExpectedCosts::cost)
                        .map(Usd::parse)
                        .reduce(Usd.ZERO, Usd::plus);
        assertThat(proxyFixture.site().operator().quota("user:bob").spentUsd())
                .isEqualTo(billed.toString());
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(home.resolve(name), content);
    }

    @Test
    void responds() {
        ResponseCreateParams params =
                ResponseCreateParams.builder()
                        .model("gpt-5.6-luna")
                        .input("hello [[tokens=5]]")
                        .build();
        assertThat(client.responses().create(params).validate().usage()).isPresent();
        try (StreamResponse<ResponseStreamEvent> events =
                client.responses().createStreaming(params)) {
            List<ResponseStreamEvent> all = events.stream().toList();
            assertThat(all.getLast().validate().isCompleted()).isTrue();
        }
        assertCharged(2);
    }

    @Test
    void goesOnFromItsOwnResponseAndDeletesIt() {
        ResponseCreateParams.Builder params =
                ResponseCreateParams.builder().model("gpt-4o").input("hello");
        String id = client.responses().create(params.build()).id();
        client.responses().create(params.previousResponseId(id).build());
        assertThat(client.responses().retrieve(id).id()).isEqualTo(id);
        client.responses().delete(id);
        assertCharged(2);
    }

    @Test
    void worksInTheBackground() {
        ResponseCreateParams params =
                ResponseCreateParams.builder()
                        .model("gpt-4o")
                        .input("hello [[delay=5ms]]")
                        .background(true)
                        .build();
        Response begun = client.responses().create(params).validate();
        assertThat(begun.status()).isNotEqualTo(Optional.of(ResponseStatus.COMPLETED));
        Response ended =
                Eventually.ask(
                        () -> client.responses().retrieve(begun.id()),
                        seen -> seen.status().equals(Optional.of(ResponseStatus.COMPLETED)));
        assertThat(ended.validate().usage()).isPresent();
        assertCharged(1);
    }

    @Test
    void fillsAndSearchesAVectorStore() throws IOException {
        FileObject file =
                client.files()
                        .create(
                                FileCreateParams.builder()
                                        .file(file("a.txt", new byte[] {'h', 'i'}))
                                        .purpose(FilePurpose.ASSISTANTS)
                                        .build());
        VectorStore store =
                client.vectorStores()
                        .create(
                                VectorStoreCreateParams.builder()
                                        .name("n")
                                        .addFileId(file.id())
                                        .build())
                        .validate();
        assertThat(client.vectorStores().files().list(store.id()).data())
                .singleElement()
                .matches(kept -> kept.id().equals(file.id()));
        assertThat(search(store).data())
                .singleElement()
                .matches(found -> found.fileId().equals(file.id()));
        assertThat(client.vectorStores().delete(store.id()).validate().deleted()).isTrue();
        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> search(store));
        assertThat(proxyFixture.site().operator().calls())
                .filteredOn(call -> call.operation().endsWith("search"))
                .singleElement()
                .matches(call -> call.costUsd().equals("0.0025"));
    }

    private VectorStoreSearchPage search(VectorStore store) {
        return client.vectorStores()
                .search(
                        VectorStoreSearchParams.builder()
                                .vectorStoreId(store.id())
                                .query("hi")
                                .build());
    }

    @Test
    void embedsAndModeratesAndCompletes() {
        client.embeddings().create(SampleRequests.embedding("hello world").build()).validate();
        client.moderations().create(ModerationCreateParams.builder().input("hello").build());
        CompletionCreateParams params =
                CompletionCreateParams.builder()
                        .model("gpt-3.5-turbo-instruct")
                        .prompt("hello")
                        .build();
        assertThat(client.completions().create(params).validate().usage()).isPresent();
        try (StreamResponse<Completion> chunks = client.completions().createStreaming(params)) {
            assertThat(chunks.stream().toList()).isNotEmpty();
        }
        assertCharged(3);
    }

    @Test
    void drawsAndEdits() throws IOException {
        ImageGenerateParams dot =
                ImageGenerateParams.builder().model("gpt-image-1.5").prompt("A dot").build();
        client.images().generate(dot).validate();
        try (StreamResponse<ImageGenStreamEvent> events =
                client.images().generateStreaming(dot.toBuilder().partialImages(2).build())) {
            assertThat(events.stream().toList()).hasSize(3);
        }
        client.images().edit(blue()).validate();
        try (StreamResponse<ImageEditStreamEvent> events = client.images().editStreaming(blue())) {
            assertThat(events.stream().toList()).hasSize(1);
        }
        assertCharged(4);
    }

    /** Each request needs a new one, because its file can be read only once. */
    private ImageEditParams blue() throws IOException {
        return ImageEditParams.builder()
                .model("gpt-image-1.5")
                .prompt("Blue")
                .image(file("a.png", new byte[] {1}))
                .build();
    }

    @Test
    void speaks() throws IOException {
        for (String model : List.of("tts-1", "gpt-4o-mini-tts")) {
            SpeechCreateParams params =
                    SpeechCreateParams.builder()
                            .model(model)
                            .input("Hello [[seconds=3]]")
                            .voice("alloy")
                            .responseFormat(SpeechCreateParams.ResponseFormat.WAV)
                            .build();
            try (HttpResponse answer = client.audio().speech().create(params)) {
                assertThat(answer.body().readAllBytes()).isEqualTo(FormBuilder.wav(3));
            }
        }
        assertCharged(2);
    }

    @Test
    void transcribes() throws IOException {
        client.audio().transcriptions().create(heard("gpt-4o-transcribe").build()).validate();
        try (StreamResponse<TranscriptionStreamEvent> events =
                client.audio().transcriptions().createStreaming(heard("gpt-transcribe").build())) {
            assertThat(events.stream().toList()).isNotEmpty();
        }
        TranscriptionCreateParams verbose =
                heard("whisper-1").responseFormat(AudioResponseFormat.VERBOSE_JSON).build();
        client.audio().transcriptions().create(verbose).validate().asVerbose();
        assertCharged(3);
    }

    private TranscriptionCreateParams.Builder heard(String model) throws IOException {
        return TranscriptionCreateParams.builder()
                .model(model)
                .file(file("a.wav", FormBuilder.wav(7)));
    }
}
