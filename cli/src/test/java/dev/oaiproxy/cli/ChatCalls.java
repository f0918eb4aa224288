package dev.oaiproxy.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** The README's calls with curl. */
final class ChatCalls {
    private static final String HELLO =
            """
            {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}""";

    private ChatCalls() {}

    /** A chat call with the key in the header. */
    static HttpResponse<String> chat(String server, String key) throws Exception {
        return post(server + "/v1/chat/completions", key);
    }

    /** A chat call with the key in the path, and another one in the header, as SDKs send it. */
    static HttpResponse<String> chatByPath(String server, String key) throws Exception {
        return post(server + "/" + key + "/v1/chat/completions", "sk-any");
    }

    private static HttpResponse<String> post(String url, String key)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(HELLO))
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.ofString());
        }
    }
}
