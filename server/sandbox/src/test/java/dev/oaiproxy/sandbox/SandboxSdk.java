package dev.oaiproxy.sandbox;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;

/** A stand-in and OpenAI's SDK as its client. */
public final class SandboxSdk implements AutoCloseable {
    private final OpenAiStandIn standIn = OpenAiStandIn.start(StandInSettings.DEFAULT);
    private final OpenAIClient client = clientWith(standIn.apiKey());

    private SandboxSdk() {}

    public static SandboxSdk start() {
        return new SandboxSdk();
    }

    public OpenAIClient client() {
        return client;
    }

    /** A client with another key. */
    public OpenAIClient clientWith(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(standIn.baseUrl().toString())
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    @Override
    public void close() {
        client.close();
        standIn.close();
    }
}
