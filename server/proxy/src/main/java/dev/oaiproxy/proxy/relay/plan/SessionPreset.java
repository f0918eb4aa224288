package dev.oaiproxy.proxy.relay.plan;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.ledger.key.ClientSecrets;
import dev.oaiproxy.ledger.key.KeyId;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The session that a client secret carries, as it was given to {@code POST
 * /v1/realtime/client_secrets}.
 *
 * @param key the key that pays
 * @param session the session, of type {@code realtime} or {@code transcription}
 */
public record SessionPreset(KeyId key, JsonNode session) {
    /** The only WebSocket that a client secret opens. */
    static final String PATH = "/realtime";

    private static final long SHORTEST_SECONDS = 10;
    private static final long LONGEST_SECONDS = 7_200;
    private static final long USUAL_SECONDS = 600;

    /** A secret travels in a header, whose length servers limit. */
    private static final int MOST_SECRET_LENGTH = 6_000;

    private static final int MOST_BODY_BYTES = 1 << 16;

    private static final String REALTIME = "realtime";
    private static final String TRANSCRIPTION = "transcription";
    private static final Set<String> TYPES = Set.of(REALTIME, TRANSCRIPTION);
    private static final Set<String> MEMBERS = Set.of("session", "expires_after");

    private static final ObjectReader JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build()
                    .readerFor(JsonNode.class)
                    .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Opens a presented key as a client secret; empty when it is not one. */
    static Optional<SessionPreset> in(@Nullable String presented, ClientSecrets secrets) {
        return Optional.ofNullable(presented)
                .flatMap(secrets::open)
                .map(opened -> new SessionPreset(opened.key(), tree(opened.content())));
    }

    private static JsonNode tree(String session) {
        try {
            return JSON.readTree(session);
        } catch (JacksonException notOurs) {
            throw new IllegalStateException(notOurs);
        }
    }

    /** Answers a request for a client secret. */
    static Plan issue(ClientSecrets secrets, PlanDraft draft, Instant now) {
        JsonNode asked = read(draft.body());
        if (asked == null || !asked.isObject()) {
            throw malformed("Send a JSON object.", null);
        }
        for (String name : (Iterable<String>) asked::fieldNames) {
            if (!MEMBERS.contains(name)) {
                throw malformed("Unknown parameter: '" + name + "'.", name);
            }
        }
        ObjectNode session = JsonNodeFactory.instance.objectNode().put("type", REALTIME);
        switch (asked.path("session")) {
            case ObjectNode given -> session.setAll(given);
            case JsonNode other when !other.isMissingNode() -> {
                throw malformed("Invalid type for 'session': expected an object.", "session");
            }
            default -> {}
        }
        if (!TYPES.contains(session.path("type").asText())) {
            throw malformed(
                    "The type of a session must be 'realtime' or 'transcription'.", "session.type");
        }
        JsonNode life = asked.at("/expires_after/seconds");
        long seconds = life.isMissingNode() ? USUAL_SECONDS : life.asLong(0);
        if (seconds < SHORTEST_SECONDS || seconds > LONGEST_SECONDS) {
            throw malformed(
                    "A client secret must expire after 10 to 7200 seconds.",
                    "expires_after.seconds");
        }
        Instant expiry = now.plusSeconds(seconds);
        String secret = secrets.issue(draft.key().id(), expiry, session.toString());
        if (secret.length() > MOST_SECRET_LENGTH) {
            throw malformed(
                    "The session is too large for a client secret; send a session.update when the"
                            + " session is open.",
                    "session");
        }
        return new Plan.LocalResponse(answer(secret, expiry, session));
    }

    private static byte[] answer(String secret, Instant expiry, ObjectNode session) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("value", secret).put("expires_at", expiry.getEpochSecond());
        boolean speaks = session.path("type").asText().equals(REALTIME);
        session.put("object", speaks ? "realtime.session" : "realtime.transcription_session");
        session.put("id", "sess_" + UUID.randomUUID().toString().replace("-", ""));
        answer.set("session", session);
        return answer.toString().getBytes(UTF_8);
    }

    private static @Nullable JsonNode read(byte[] body) {
        try {
            return body.length == 0
                    ? JsonNodeFactory.instance.objectNode()
                    : body.length > MOST_BODY_BYTES ? null : JSON.readTree(body);
        } catch (IOException malformed) {
            return null;
        }
    }

    /** The WebSocket request with the model of the preset, unless it names one itself. */
    public ProxyRequest completed(ProxyRequest request) {
        String query = request.query() == null ? "" : request.query();
        WebSocketQuery said = WebSocketQuery.of(query);
        String own = query();
        if (own.isEmpty() || said.model() != null || said.transcribes()) {
            return request;
        }
        return request.withQuery(query.isEmpty() ? own : query + "&" + own);
    }

    private String query() {
        if (session.path("type").asText().equals(TRANSCRIPTION)) {
            return "intent=transcription";
        }
        String model = session.path("model").asText();
        return model.isEmpty() ? "" : "model=" + URLEncoder.encode(model, UTF_8);
    }

    /** The {@code session.update} event that configures the session like the preset. */
    public WebSocketMessage opening() {
        ObjectNode own = session.deepCopy();
        own.remove("model");
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("type", "session.update");
        event.set("session", own);
        return new WebSocketMessage.Text(event.toString());
    }
}
