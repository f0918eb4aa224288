package dev.oaiproxy.cli.distribution;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Clients that call in sequence until the server is gone. */
final class LoadGenerator {
    private static final int CLIENTS = 16;
    private static final int PATIENCE_SECONDS = 60;

    private final URI server;
    private final String key;
    private final CountDownLatch events;
    private final Queue<ObservedCall> seen = new ConcurrentLinkedQueue<>();
    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
    private final List<Thread> clients = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private LoadGenerator(URI server, String key, int events) {
        this.server = server;
        this.key = key;
        this.events = new CountDownLatch(events);
    }

    /**
     * Starts the clients.
     *
     * @param events the number of requests, heads, parts and ends of responses after which {@link
     *     #await} returns
     */
    static LoadGenerator start(URI server, String key, Random random, int events) {
        LoadGenerator load = new LoadGenerator(server, key, events);
        for (int i = 0; i < CLIENTS; i++) {
            Random own = new Random(random.nextLong());
            load.clients.add(Thread.ofVirtual().start(() -> load.callUntilRefused(own)));
        }
        return load;
    }

    void await() throws InterruptedException {
        if (!events.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError(events.getCount() + " events are still missing: " + refusals);
        }
    }

    /** All calls of the clients, once each of them has noticed that the server is gone. */
    List<ObservedCall> join() throws InterruptedException {
        for (Thread client : clients) {
            client.join();
        }
        http.shutdownNow();
        return List.copyOf(seen);
    }

    /** Responses that did not come from OpenAI. */
    List<String> refusals() {
        return List.copyOf(refusals);
    }

    private void callUntilRefused(Random random) {
        try {
            while (call(RandomRequest.random(random))) {
                events.countDown();
            }
        } catch (IOException gone) {
            seen.add(ObservedCall.NOTHING);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if the response is not OpenAI's. */
    private boolean call(RandomRequest randomRequest) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(server.resolve("/v1" + randomRequest.path()))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(randomRequest.body()))
                        .build();
        events.countDown();
        HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
        events.countDown();
        if (answer.statusCode() != 200) {
            refusals.add(answer.statusCode() + " " + text(answer.body()));
            return false;
        }
        ObservedCall call = seen(answer, randomRequest.isWhole(text(answer.body())));
        seen.add(call);
        return call.whole();
    }

    private static ObservedCall seen(HttpResponse<?> answer, boolean whole) {
        return new ObservedCall(
                header(answer, "x-oaiproxy-call-id"),
                header(answer, "x-request-id"),
                header(answer, "x-oaiproxy-cost-usd"),
                whole);
    }

    /** A body up to its end or break. */
    private String text(InputStream body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        try (body) {
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                all.write(buffer, 0, n);
                events.countDown();
            }
        } catch (IOException cut) {
            events.countDown();
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
