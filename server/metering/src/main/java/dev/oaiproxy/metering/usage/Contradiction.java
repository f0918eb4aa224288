package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.usage.Shape.Demand;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds what cannot be true in a usage object.
 *
 * <p>The total of both sides is not looked at: no price rests on it. Nor is the count of cache
 * writes, which OpenAI documents as unadjusted.
 */
final class Contradiction {
    private static final List<Count> PARTS_IN =
            List.of(Count.TEXT_IN, Count.AUDIO_IN, Count.IMAGE_IN);
    private static final List<Count> PARTS_OUT =
            List.of(Count.TEXT_OUT, Count.AUDIO_OUT, Count.IMAGE_OUT);
    private static final List<Count> PARTS_CACHED =
            List.of(Count.CACHED_TEXT, Count.CACHED_AUDIO, Count.CACHED_IMAGE);

    private final Stated usage;

    private Contradiction(Stated usage) {
        this.usage = usage;
    }

    /** What contradicts what, in names and numbers, or null when all adds up. */
    static @Nullable String in(Stated usage) {
        if (usage.fault() != null) {
            return usage.fault();
        }
        Contradiction check = new Contradiction(usage);
        return Stream.of(
                        check.nothingIn(),
                        check.unstatedOut(),
                        check.more(Count.INPUT, List.of(Count.CACHED)),
                        check.more(Count.INPUT, PARTS_CACHED),
                        check.more(Count.INPUT, PARTS_IN),
                        check.unexplainedIn(),
                        check.cachedParts(),
                        check.more(Count.OUTPUT, List.of(Count.REASONING)),
                        check.more(Count.OUTPUT, PARTS_OUT),
                        check.more(Count.OUTPUT, List.of(Count.ACCEPTED, Count.REJECTED)))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** No request is free of input, so a zero here is a defect and not a gift. */
    private @Nullable String nothingIn() {
        Count asked = usage.isDuration() ? Count.SECONDS : Count.INPUT;
        boolean mayBeZero = usage.shape().demand() == Demand.STATED;
        boolean fine = mayBeZero ? usage.states(asked) : count(asked) > 0;
        return fine ? null : path(asked) + " is missing or zero";
    }

    private @Nullable String unstatedOut() {
        Demand demand = usage.shape().demand();
        boolean needed = demand == Demand.BOTH || demand == Demand.STATED;
        boolean fine = !needed || usage.isDuration() || usage.states(Count.OUTPUT);
        return fine ? null : path(Count.OUTPUT) + " is missing";
    }

    /** When the text is stated too, the parts are all there is; what is left has no known price. */
    private @Nullable String unexplainedIn() {
        long parts = sum(PARTS_IN);
        boolean explained = count(Count.TEXT_IN) == 0 || parts == usage.count(Count.INPUT);
        return explained
                ? null
                : "parts of %d are not %s %d"
                        .formatted(parts, path(Count.INPUT), count(Count.INPUT));
    }

    /** A cached part is inside the cached sum and inside its modality, where those are stated. */
    private @Nullable String cachedParts() {
        return Stream.of(
                        moreThanStated(Count.CACHED, PARTS_CACHED),
                        moreThanStated(Count.TEXT_IN, List.of(Count.CACHED_TEXT)),
                        moreThanStated(Count.AUDIO_IN, List.of(Count.CACHED_AUDIO)),
                        moreThanStated(Count.IMAGE_IN, List.of(Count.CACHED_IMAGE)))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private @Nullable String moreThanStated(Count total, List<Count> parts) {
        return usage.states(total) ? more(total, parts) : null;
    }

    private @Nullable String more(Count total, List<Count> parts) {
        long sum = sum(parts);
        return sum <= usage.count(total)
                ? null
                : "%s %d exceed %s %d".formatted(stated(parts), sum, path(total), count(total));
    }

    private String stated(List<Count> parts) {
        return parts.stream()
                .filter(usage::states)
                .map(this::path)
                .collect(Collectors.joining(" + "));
    }

    private long sum(List<Count> parts) {
        return parts.stream().mapToLong(usage::count).sum();
    }

    private long count(Count count) {
        return usage.count(count);
    }

    private String path(Count count) {
        return usage.shape().names().path(count);
    }
}
