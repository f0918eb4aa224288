package dev.oaiproxy.e2e.sdk;

import com.openai.client.okhttp.OkHttpClient;
import com.openai.core.RequestOptions;
import com.openai.core.Sleeper;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Records the SDK's retries: the number of requests, and the pauses without waiting for them. */
final class RetryRecorder implements HttpClient, Sleeper {
    private final HttpClient http = new OkHttpClient.Builder().build();
    private final AtomicInteger requests = new AtomicInteger();
    private final List<Duration> pauses = new ArrayList<>();

    int requests() {
        return requests.get();
    }

    List<Duration> pauses() {
        return pauses;
    }

    @Override
    public HttpResponse execute(HttpRequest request, RequestOptions options) {
        requests.incrementAndGet();
        return http.execute(request, options);
    }

    @Override
    public CompletableFuture<HttpResponse> executeAsync(
            HttpRequest request, RequestOptions options) {
        requests.incrementAndGet();
        return http.executeAsync(request, options);
    }

    @Override
    public void sleep(Duration pause) {
        pauses.add(pause);
    }

    @Override
    public CompletableFuture<Void> sleepAsync(Duration pause) {
        pauses.add(pause);
        return CompletableFuture.allOf();
    }

    @Override
    public void close() {
        http.close();
    }
}
