package dev.oaiproxy.cli.client;

import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.settings.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** OpenAI itself, asked one question: is this key good. */
public final class OpenAi {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private OpenAi() {}

    /**
     * Lists the models with a key.
     *
     * @param base such as {@code https://api.openai.com/v1}
     */
    public static void check(URI base, Secret key) {
        int status = status(base, key);
        if (status == 401 || status == 403) {
            throw Failure.failed(
                    "OpenAI did not accept the key",
                    "nothing was written; take a key from platform.openai.com and try again");
        }
        if (status != 200) {
            throw Failure.failed(
                    "OpenAI answered HTTP " + status + " when the key was tried",
                    "nothing was written; try again later, or skip the try with --offline");
        }
    }

    private static int status(URI base, Secret key) {
        HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        try {
            return http.send(request(base, key), BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            throw Failure.failed(
                    "OpenAI could not be reached at " + base,
                    "nothing was written; see the network, or skip the try with --offline");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.failed("interrupted", "try again");
        }
    }

    private static HttpRequest request(URI base, Secret key) {
        try {
            return HttpRequest.newBuilder(URI.create(base + "/models"))
                    .timeout(PATIENCE)
                    .header("Authorization", "Bearer " + key.value())
                    .build();
        } catch (IllegalArgumentException e) {
            // Its message would show the header, and so the key.
            throw Failure.usage("the OpenAI key has characters that no key has", "copy it again");
        }
    }
}
