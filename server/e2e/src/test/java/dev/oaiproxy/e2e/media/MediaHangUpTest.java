package dev.oaiproxy.e2e.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.proxy.relay.FormBuilder;
import dev.oaiproxy.sandbox.SandboxBill;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that disconnect during calls other than chats. */
@Tag("server")
@Timeout(120)
final class MediaHangUpTest {
    private static final int MEGABYTES = 25;

    @TempDir Path home;

    private ProxyFixture proxyFixture;

    @BeforeEach
    void start() {
        proxyFixture = ProxyFixture.in(home);
    }

    @AfterEach
    void stop() {
        proxyFixture.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/responses | {'model':'gpt-5.6-luna','input':'[[tokens=150]] [[delay=3ms]]',"
                        + "'stream':true}",
                "/responses | {'model':'gpt-4o','input':'[[tokens=150]] [[delay=3ms]]',"
                        + "'stream':true,'tools':[{'type':'web_search'}]}",
                "/completions | {'model':'gpt-3.5-turbo-instruct','max_tokens':150,"
                        + "'prompt':'[[tokens=150]] [[delay=3ms]]','stream':true}",
                "/images/generations | {'model':'gpt-image-2','prompt':'x [[delay=80ms]]',"
                        + "'stream':true,'partial_images':3}",
                "/audio/speech | {'model':'gpt-4o-mini-tts','voice':'alloy',"
                        + "'input':'x [[seconds=20]] [[delay=10ms]]'}",
                "/audio/speech | {'model':'gpt-4o-mini-tts','voice':'alloy',"
                        + "'input':'x [[seconds=20]] [[delay=10ms]]','stream_format':'sse'}",
                "/audio/speech | {'model':'tts-1','voice':'alloy',"
                        + "'input':'x [[seconds=20]] [[delay=10ms]]'}"
            })
    void payForAllOfTheAnswer(String path, String json) {
        String body = json.replace('\'', '"');
        String id;
        try (RawHttpConnection client = RawHttpConnection.to(proxyFixture.site())) {
            client.post(path, proxyFixture.bob().secret(), "application/json", body.length());
            client.write(body.getBytes(StandardCharsets.UTF_8));
            id = client.callId();
        }
        proxyFixture.site().operator().endedCall(id);
        SandboxBill.BillEntry entry = ExpectedCosts.last(proxyFixture.site());
        assertThat(entry.ending()).isEqualTo(SandboxBill.CallEnd.COMPLETE);
        proxyFixture.charged(id, entry);
    }

    private static byte[] upload(String prompt) {
        return new FormBuilder()
                .file("file", "a.wav", Arrays.copyOf(FormBuilder.wav(7), MEGABYTES << 20))
                .field("model", "whisper-1")
                .field("response_format", "srt")
                .field("prompt", prompt)
                .bytes();
    }

    @Test
    void payNothingForAnUploadThatNeverEnds() {
        byte[] body = upload("");
        try (RawHttpConnection client = RawHttpConnection.to(proxyFixture.site())) {
            client.post(
                    "/audio/transcriptions",
                    proxyFixture.bob().secret(),
                    FormBuilder.TYPE,
                    body.length);
            client.write(Arrays.copyOf(body, body.length / 2));
        }
        // A later call is the only one.
        proxyFixture.charged(
                "/embeddings", "{\"model\":\"text-embedding-3-small\",\"input\":\"x\"}");
        assertThat(proxyFixture.site().operator().calls()).hasSize(1);
        assertThat(proxyFixture.site().openAi().bill().entries()).hasSize(1);
    }

    @Test
    void payForAnUploadThatHasGoneOut() {
        byte[] body = upload("[[delay=300ms]]");
        try (RawHttpConnection client = RawHttpConnection.to(proxyFixture.site())) {
            client.post(
                    "/audio/transcriptions",
                    proxyFixture.bob().secret(),
                    FormBuilder.TYPE,
                    body.length);
            client.write(body);
            Eventually.ask(proxyFixture.site().operator()::status, now -> now.callsInFlight() == 1);
        }
        Call call = proxyFixture.site().operator().endedCalls(1).getFirst();
        proxyFixture.charged(call.id(), ExpectedCosts.last(proxyFixture.site()));
    }
}
