package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.form.MultipartForm;
import dev.oaiproxy.metering.request.json.JsonEdit;
import dev.oaiproxy.metering.request.json.JsonEdits;
import dev.oaiproxy.metering.request.json.ParsingMemory;
import dev.oaiproxy.metering.usage.ResponseMode;
import dev.oaiproxy.metering.usage.TranscriptFormat;
import dev.oaiproxy.metering.usage.TranscriptFormat.SpeechTask;
import dev.oaiproxy.proxy.quota.GrantedHold;
import dev.oaiproxy.proxy.quota.MeteredRequest;
import dev.oaiproxy.proxy.relay.owner.ObjectRecorder;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request with the proxy's edits, which the response must not show.
 *
 * @param clampedTo the output tokens that it was limited to, or null
 * @param body the request as it is sent to OpenAI
 * @param recorder records the objects that the response gives to the caller
 */
@SuppressWarnings("ArrayRecordComponent")
public // Bytes in transit, never compared.
record BodyEdit(
        MeteredRequest request, @Nullable Long clampedTo, byte[] body, ObjectRecorder recorder) {
    /** The longest identifier that OpenAI accepts. */
    private static final int LONGEST_IDENTIFIER = 64;

    private static final int DIGEST_CHARACTERS = 40;

    /** Fields that name an end user to OpenAI, or separate prompt caches. */
    private static final List<String> IDENTIFIERS =
            List.of("prompt_cache_key", "safety_identifier", "user");

    /** An upper bound of all fields and names that are added. */
    private static final int MOST_ADDED_BYTES = 1 << 10;

    /** Changes the body of a request. */
    @FunctionalInterface
    private interface Edit {
        byte[] of(MeteredRequest request, GrantedHold granted, String contentType);
    }

    /** The edit for an operation; null when requests pass unchanged. */
    private static @Nullable Edit edit(Meter meter) {
        return switch (meter) {
            case CHAT, COMPLETION, RESPONSE -> BodyEdit::limited;
            case COMPACTION -> (request, _, _) -> tenant(request, tiered(request, new JsonEdits()));
            case SPEECH -> (request, _, _) -> speech(request);
            case TRANSCRIPTION -> transcript(SpeechTask.TRANSCRIPTION);
            case TRANSLATION -> transcript(SpeechTask.TRANSLATION);
            case EMBEDDINGS, IMAGE, IMAGE_EDIT -> (request, _, type) -> tenant(request, type);
            case DECISION, CONTAINER, BATCH, FINE_TUNING, SEARCH, STORAGE -> null;
            case REALTIME, REALTIME_TRANSLATION, RESPONSE_SOCKET -> null;
        };
    }

    /** The most memory that edits take beside the request: two copies, one made from the other. */
    public static long memory(MeteredRequest request) {
        return edit(request.meter()) == null
                ? 0
                : 2L * request.body().length + ParsingMemory.of(request.body()) + MOST_ADDED_BYTES;
    }

    /** The size of the edited request; 0 when it is the client's own array. */
    @SuppressWarnings("ReferenceEquality")
    public // Identity means the same memory.
    long ownBytes() {
        return body == request.body() ? 0 : Math.min(body.length, memory(request));
    }

    /**
     * Edits a request.
     *
     * @param contentType its {@code Content-Type}, empty when there is none
     */
    public static BodyEdit of(Plan.Metered plan, GrantedHold granted, String contentType) {
        MeteredRequest request = plan.request();
        Edit edit = edit(request.meter());
        byte[] body = edit == null ? request.body() : edit.of(request, granted, contentType);
        return new BodyEdit(request, granted.clampedTo(), body, plan.recorder());
    }

    private static byte[] limited(MeteredRequest request, GrantedHold granted, String ignored) {
        JsonEdits edits =
                request.meter() == Meter.RESPONSE
                        ? response(granted)
                        : told(request, granted.clampedTo());
        return tenant(request, tiered(request, edits));
    }

    private static Edit transcript(SpeechTask task) {
        return (request, _, contentType) -> {
            String requested = TranscriptFormat.requested(request.facts());
            String sent = task.sent(requested);
            return sent.equals(requested)
                    ? request.body()
                    : MultipartForm.with(contentType, request.body(), "response_format", sent);
        };
    }

    private static JsonEdits told(MeteredRequest request, @Nullable Long limit) {
        RequestFacts.Flow flow = request.facts().flow();
        JsonEdits edits = new JsonEdits();
        if (flow.stream() && !flow.usageWanted()) {
            edits.withIncludeUsage();
        }
        if (limit == null) {
            return edits;
        }
        return request.meter() == Meter.CHAT
                ? edits.withOutputLimit(limit)
                : edits.with("max_tokens", limit.toString());
    }

    private static JsonEdits response(GrantedHold granted) {
        Long limit = granted.clampedTo();
        Integer calls = granted.toolCalls();
        JsonEdits edits = new JsonEdits();
        if (limit != null) {
            edits.with("max_output_tokens", limit.toString());
        }
        return calls == null ? edits : edits.with("max_tool_calls", calls.toString());
    }

    /** Names the tier that was priced: the project's default may be a more expensive one. */
    private static JsonEdits tiered(MeteredRequest request, JsonEdits edits) {
        String tier = request.facts().serviceTier();
        return tier == null || !request.meter().takesServiceTier()
                ? edits
                : edits.withDefault("service_tier", '"' + tier + '"');
    }

    /**
     * Requests a stream for speech, since an audio body states no usage, but the events of a stream
     * do.
     */
    private static byte[] speech(MeteredRequest request) {
        boolean silent = request.price().mostOutput() > 0 && !request.facts().flow().stream();
        return silent ? JsonEdit.with(request.body(), "stream_format", "\"sse\"") : request.body();
    }

    /** Prefixes identifiers with the user, since all users share one OpenAI account. */
    private static byte[] tenant(MeteredRequest request, JsonEdits edits) {
        String user = "u" + request.key().userNumber() + "-";
        for (String identifier : IDENTIFIERS) {
            edits.withText(identifier, text -> own(user, text));
        }
        return edits.in(request.body());
    }

    /** Prefixes the identifiers of a request that may be a multipart form. */
    private static byte[] tenant(MeteredRequest request, String contentType) {
        if (!MultipartForm.isForm(contentType)) {
            return tenant(request, new JsonEdits());
        }
        String user = "u" + request.key().userNumber() + "-";
        return MultipartForm.withText(contentType, request.body(), "user", text -> own(user, text));
    }

    private static String own(String user, String text) {
        return user.length() + text.length() <= LONGEST_IDENTIFIER
                ? user + text
                : user + digest(text).substring(0, DIGEST_CHARACTERS);
    }

    private static String digest(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }

    /** Selects how the response is read and delivered, by its content type. */
    public ResponseMode responseMode(UpstreamResponse response, Lease lease) {
        ResponseMode.Choice responses = request.meter().responses();
        return (isEventStream(response) ? responses.stream() : responses.whole())
                .of(request.facts(), lease);
    }

    private static boolean isEventStream(UpstreamResponse response) {
        return response.headers()
                .first("content-type")
                .map(type -> type.toLowerCase(Locale.ROOT))
                .filter(type -> type.startsWith("text/event-stream"))
                .isPresent();
    }
}
