package dev.oaiproxy.metering.usage.object;

import static dev.oaiproxy.metering.usage.object.UsageCount.ACCEPTED;
import static dev.oaiproxy.metering.usage.object.UsageCount.AUDIO_IN;
import static dev.oaiproxy.metering.usage.object.UsageCount.AUDIO_OUT;
import static dev.oaiproxy.metering.usage.object.UsageCount.CACHED;
import static dev.oaiproxy.metering.usage.object.UsageCount.CACHED_AUDIO;
import static dev.oaiproxy.metering.usage.object.UsageCount.CACHED_IMAGE;
import static dev.oaiproxy.metering.usage.object.UsageCount.CACHED_TEXT;
import static dev.oaiproxy.metering.usage.object.UsageCount.IMAGE_IN;
import static dev.oaiproxy.metering.usage.object.UsageCount.IMAGE_OUT;
import static dev.oaiproxy.metering.usage.object.UsageCount.INPUT;
import static dev.oaiproxy.metering.usage.object.UsageCount.OUTPUT;
import static dev.oaiproxy.metering.usage.object.UsageCount.REASONING;
import static dev.oaiproxy.metering.usage.object.UsageCount.REJECTED;
import static dev.oaiproxy.metering.usage.object.UsageCount.SECONDS;
import static dev.oaiproxy.metering.usage.object.UsageCount.TEXT_IN;
import static dev.oaiproxy.metering.usage.object.UsageCount.TEXT_OUT;

import dev.oaiproxy.metering.usage.object.UsageSchema.Demand;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds contradictions in a usage object.
 *
 * <p>The total of both sides is not checked, because no price depends on it. The count of cache
 * writes is not checked either, because OpenAI documents it as unadjusted.
 */
record UsageValidation(UsageObject usage) {
    private static final List<UsageCount> PARTS_IN = List.of(TEXT_IN, AUDIO_IN, IMAGE_IN);
    private static final List<UsageCount> PARTS_OUT = List.of(TEXT_OUT, AUDIO_OUT, IMAGE_OUT);
    private static final List<UsageCount> PARTS_CACHED =
            List.of(CACHED_TEXT, CACHED_AUDIO, CACHED_IMAGE);
    private static final List<UsageCount> PREDICTED = List.of(ACCEPTED, REJECTED);

    /** The contradiction in names and numbers, or null if there is none. */
    static @Nullable String in(UsageObject usage) {
        if (usage.fault() != null) {
            return usage.fault();
        }
        UsageValidation check = new UsageValidation(usage);
        return first(
                check.nothingIn(),
                check.unstatedOut(),
                check.more(INPUT, CACHED),
                check.more(INPUT, PARTS_CACHED),
                check.more(INPUT, PARTS_IN),
                check.unexplainedIn(),
                check.cachedParts(),
                check.more(OUTPUT, REASONING),
                check.more(OUTPUT, PARTS_OUT),
                check.more(OUTPUT, PREDICTED));
    }

    private static @Nullable String first(@Nullable String... faults) {
        for (String fault : faults) {
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    /**
     * The error of a missing or zero input. Every request has input, so zero is an error, not a
     * gift.
     */
    private @Nullable String nothingIn() {
        UsageCount asked = usage.isDuration() ? SECONDS : INPUT;
        boolean mayBeZero = usage.shape().demand() == Demand.STATED;
        boolean fine = mayBeZero ? usage.states(asked) : count(asked) > 0;
        return fine ? null : path(asked) + " is missing or zero";
    }

    private @Nullable String unstatedOut() {
        Demand demand = usage.shape().demand();
        boolean needed = demand == Demand.BOTH || demand == Demand.STATED;
        boolean fine = !needed || usage.isDuration() || usage.states(OUTPUT);
        return fine ? null : path(OUTPUT) + " is missing";
    }

    /**
     * The error of an incomplete sum. If the text is stated, the parts must add up to the input,
     * because any rest has no known price.
     */
    private @Nullable String unexplainedIn() {
        long parts = sum(PARTS_IN);
        boolean explained = count(TEXT_IN) == 0 || parts == usage.count(INPUT);
        return explained
                ? null
                : "parts of %d are not %s %d".formatted(parts, path(INPUT), count(INPUT));
    }

    /**
     * The error of a cached part that exceeds the cached total or its modality, if these are
     * stated.
     */
    private @Nullable String cachedParts() {
        return first(
                moreThanStated(CACHED, PARTS_CACHED),
                moreThanStated(TEXT_IN, CACHED_TEXT),
                moreThanStated(AUDIO_IN, CACHED_AUDIO),
                moreThanStated(IMAGE_IN, CACHED_IMAGE));
    }

    private @Nullable String moreThanStated(UsageCount total, List<UsageCount> parts) {
        return usage.states(total) ? more(total, parts) : null;
    }

    private @Nullable String moreThanStated(UsageCount total, UsageCount part) {
        return usage.states(total) ? more(total, part) : null;
    }

    private @Nullable String more(UsageCount total, UsageCount part) {
        return usage.count(part) <= usage.count(total) ? null : more(total, List.of(part));
    }

    private @Nullable String more(UsageCount total, List<UsageCount> parts) {
        long sum = sum(parts);
        return sum <= usage.count(total)
                ? null
                : "%s %d exceed %s %d".formatted(stated(parts), sum, path(total), count(total));
    }

    private String stated(List<UsageCount> parts) {
        return parts.stream()
                .filter(usage::states)
                .map(this::path)
                .collect(Collectors.joining(" + "));
    }

    private long sum(List<UsageCount> parts) {
        long sum = 0;
        for (UsageCount part : parts) {
            sum += usage.count(part);
        }
        return sum;
    }

    private long count(UsageCount usageCount) {
        return usage.count(usageCount);
    }

    private String path(UsageCount usageCount) {
        return usage.shape().usageNames().path(usageCount);
    }
}
