package dev.oaiproxy.e2e.recorded;

import dev.oaiproxy.e2e.recorded.RecordedExchange.Http;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Message;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Step;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Talk;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A stand-in for OpenAI that replays recorded responses in order, byte for byte. */
final class RecordedOpenAi implements AutoCloseable {
    private final Map<String, Deque<Step>> recorded = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final WebServer server;

    RecordedOpenAi() {
        server =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .shutdownHook(false)
                        .maxPayloadSize(1 << 20)
                        .routing(routing -> routing.any(this::answer))
                        .addRouting(
                                WsRouting.builder()
                                        .endpoint("/v1/realtime", () -> talk("/realtime"))
                                        .endpoint("/v1/responses", () -> talk("/responses"))
                                        .endpoint(
                                                "/v1/realtime/translations",
                                                () -> talk("/realtime/translations")))
                        .build()
                        .start();
    }

    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.port() + "/v1");
    }

    /** Replays this exchange from now on. */
    synchronized void play(RecordedExchange recordedExchange) {
        recorded.clear();
        asked.clear();
        for (Step step : recordedExchange.steps()) {
            recorded.computeIfAbsent(key(step.method(), step.path()), key -> new ArrayDeque<>())
                    .add(step);
        }
    }

    /** The received bodies, each with its method and path. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    private static String key(String method, String path) {
        return method + " " + path;
    }

    /** A repeated request gets the same response as before. */
    private synchronized Step next(String key) {
        Deque<Step> steps = recorded.getOrDefault(key, new ArrayDeque<>());
        if (steps.isEmpty()) {
            throw new IllegalStateException("nothing is recorded for " + key);
        }
        return steps.size() == 1 ? steps.getFirst() : steps.removeFirst();
    }

    private void answer(ServerRequest request, ServerResponse response) {
        byte[] body =
                request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
        String key =
                key(
                        request.prologue().method().text(),
                        request.path().path().substring("/v1".length()));
        if (body.length > 0) {
            synchronized (this) {
                asked.add(key + "\n" + MessageBody.text(body));
            }
        }
        MessageBody answer = ((Http) next(key)).answered();
        response.status(Status.create(answer.status()))
                .header(HeaderNames.CONTENT_TYPE, answer.type())
                .header("x-request-id", "req_0123456789abcdef")
                .send(answer.bytes());
    }

    private WsListener talk(String path) {
        return new Speaker(((Talk) next(key("WS", path))).messages());
    }

    @Override
    public void close() {
        server.stop();
    }

    /** Sends OpenAI's recorded messages up to the next message of the client. */
    private static final class Speaker implements WsListener {
        private final Deque<Message> messages;

        Speaker(List<Message> messages) {
            this.messages = new ArrayDeque<>(messages);
        }

        @Override
        public void onOpen(WsSession session) {
            speak(session);
        }

        @Override
        public void onMessage(WsSession session, String text, boolean last) {
            if (last && !messages.isEmpty()) {
                messages.removeFirst();
                speak(session);
            }
        }

        private void speak(WsSession session) {
            while (!messages.isEmpty() && !messages.getFirst().fromClient()) {
                session.send(messages.removeFirst().json(), true);
            }
        }
    }
}
