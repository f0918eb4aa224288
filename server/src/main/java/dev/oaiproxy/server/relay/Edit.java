package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.catalogue.Meter;
import dev.oaiproxy.server.catalogue.RequestFacts;
import dev.oaiproxy.server.catalogue.Splice;
import dev.oaiproxy.server.usage.Tap;
import dev.oaiproxy.server.usage.Taps;
import org.jspecify.annotations.Nullable;

/**
 * What the proxy changes in a request, and so has to hide in its answer.
 *
 * @param meter how the operation is read
 * @param facts what the request said
 * @param clampedTo the output tokens that it was limited to, or null
 * @param body the request as it goes to OpenAI
 * @param claim what of the answer becomes the caller's
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
record Edit(Meter meter, RequestFacts facts, @Nullable Long clampedTo, byte[] body, Claim claim) {
    static Edit of(Plan.Metered plan, @Nullable Long clampedTo) {
        RequestFacts facts = plan.order().facts();
        byte[] body = plan.order().body();
        if (facts.stream() && plan.meter() == Meter.CHAT && !facts.usageWanted()) {
            body = Splice.withIncludeUsage(body);
        }
        if (clampedTo != null) {
            body = Splice.withOutputLimit(body, clampedTo);
        }
        return new Edit(plan.meter(), facts, clampedTo, body, plan.claim());
    }

    /** The tap for an answer; a stream when its content type says so, whatever was asked for. */
    Tap tap(boolean stream) {
        return switch (meter) {
            case CHAT, COMPLETION ->
                    stream
                            ? Taps.chatStream(!facts.usageWanted(), facts.longCacheWrite())
                            : Taps.chat(facts.longCacheWrite());
            case EMBEDDINGS -> Taps.embeddings();
            case RESPONSE, COMPACTION, IMAGE, IMAGE_EDIT, SPEECH -> throw noTap();
            case TRANSCRIPTION, TRANSLATION, DECISION -> throw noTap();
            case CONTAINER, BATCH, FINE_TUNING, SEARCH -> throw noTap();
            case REALTIME, REALTIME_TRANSLATION, RESPONSE_SOCKET -> throw noTap();
        };
    }

    private IllegalStateException noTap() {
        return new IllegalStateException("no tap for " + meter);
    }
}
