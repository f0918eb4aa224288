package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.request.FormReferenceCheck;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.form.MultipartForm;
import dev.oaiproxy.metering.request.json.JsonEdit;
import dev.oaiproxy.metering.request.json.ParsingMemory;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.quota.Order;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the proxy changes in a request, and so has to hide in its answer.
 *
 * @param order the call
 * @param clampedTo the output tokens that it was limited to, or null
 * @param body the request as it goes to OpenAI
 * @param claim what of the answer becomes the caller's
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
record Edit(Order order, @Nullable Long clampedTo, byte[] body, Claim claim) {
    /** OpenAI takes no longer ones. */
    private static final int LONGEST_IDENTIFIER = 64;

    private static final int DIGEST_CHARACTERS = 40;

    /** What names one of the users of an account to OpenAI, and what parts their caches. */
    private static final List<String> IDENTIFIERS =
            List.of("prompt_cache_key", "safety_identifier", "user");

    /** What the members and names that are put in have at the most. */
    private static final int MOST_ADDED_BYTES = 1 << 10;

    /** The most that edits take beside the request: two copies, one made out of the other. */
    static long memory(Order order) {
        return switch (order.meter()) {
            case CHAT, COMPLETION, RESPONSE, COMPACTION, SPEECH, TRANSCRIPTION, TRANSLATION ->
                    2L * order.body().length + ParsingMemory.of(order.body()) + MOST_ADDED_BYTES;
            case EMBEDDINGS, IMAGE, IMAGE_EDIT ->
                    2L * order.body().length + ParsingMemory.of(order.body()) + MOST_ADDED_BYTES;
            case DECISION, CONTAINER, BATCH, FINE_TUNING -> 0;
            case SEARCH, STORAGE, REALTIME, REALTIME_TRANSLATION, RESPONSE_SOCKET -> 0;
        };
    }

    /** The bytes of the request as it goes out, where they are not those that came in. */
    @SuppressWarnings("ReferenceEquality") // Whether it is the same memory.
    long ownBytes() {
        return body == order.body() ? 0 : Math.min(body.length, memory(order));
    }

    /**
     * The request as it goes out.
     *
     * @param contentType its header of that name, empty when there is none
     */
    static Edit of(Plan.Metered plan, Grant.Granted granted, String contentType) {
        Order order = plan.order();
        Long limit = granted.clampedTo();
        byte[] body =
                switch (order.meter()) {
                    case CHAT, COMPLETION -> tenant(order, tiered(order, told(order, limit)));
                    case RESPONSE -> tenant(order, tiered(order, response(order, granted)));
                    case COMPACTION -> tenant(order, tiered(order, order.body()));
                    case SPEECH -> speech(order);
                    case TRANSCRIPTION, TRANSLATION ->
                            Transcripts.request(
                                    order.meter(), order.facts(), contentType, order.body());
                    case EMBEDDINGS, IMAGE, IMAGE_EDIT -> tenant(order, contentType);
                    case DECISION -> order.body();
                    case CONTAINER, BATCH, FINE_TUNING, SEARCH, STORAGE -> order.body();
                    case REALTIME, REALTIME_TRANSLATION, RESPONSE_SOCKET -> order.body();
                };
        return new Edit(order, limit, body, plan.claim());
    }

    private static byte[] told(Order order, @Nullable Long limit) {
        RequestFacts.Flow flow = order.facts().flow();
        byte[] body = order.body();
        if (flow.stream() && !flow.usageWanted()) {
            body = JsonEdit.withIncludeUsage(body);
        }
        if (limit == null) {
            return body;
        }
        return order.meter() == Meter.CHAT
                ? JsonEdit.withOutputLimit(body, limit)
                : JsonEdit.with(body, "max_tokens", limit.toString());
    }

    private static byte[] response(Order order, Grant.Granted granted) {
        Long limit = granted.clampedTo();
        Integer calls = granted.toolCalls();
        byte[] body = order.body();
        if (limit != null) {
            body = JsonEdit.with(body, "max_output_tokens", limit.toString());
        }
        return calls == null ? body : JsonEdit.with(body, "max_tool_calls", calls.toString());
    }

    /** The tier that was counted on is named, or the project's own may be a dearer one. */
    private static byte[] tiered(Order order, byte[] body) {
        String tier = order.facts().serviceTier();
        return tier == null || !order.meter().takesServiceTier()
                ? body
                : JsonEdit.withDefault(body, "service_tier", '"' + tier + '"');
    }

    /** Audio tells no usage, but the events that it can come in do. */
    private static byte[] speech(Order order) {
        boolean silent = order.price().mostOutput() > 0 && !order.facts().flow().stream();
        return silent ? JsonEdit.with(order.body(), "stream_format", "\"sse\"") : order.body();
    }

    /** Names that all users of the account share are made each user's own. */
    private static byte[] tenant(Order order, byte[] body) {
        String user = "u" + order.key().userNumber() + "-";
        byte[] named = body;
        for (String identifier : IDENTIFIERS) {
            named = JsonEdit.withText(named, identifier, text -> own(user, text));
        }
        return named;
    }

    /** The same in a request that may be a form. */
    private static byte[] tenant(Order order, String contentType) {
        if (!FormReferenceCheck.isForm(contentType)) {
            return tenant(order, order.body());
        }
        String user = "u" + order.key().userNumber() + "-";
        return MultipartForm.withText(contentType, order.body(), "user", text -> own(user, text));
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

    /** How the answer is taken; as a stream when its content type says so, whatever was asked. */
    Reception reception(boolean stream, Lease lease) {
        return Reception.of(order, stream, lease);
    }
}
