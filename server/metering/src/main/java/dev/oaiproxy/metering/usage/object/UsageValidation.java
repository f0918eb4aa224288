package dev.oaiproxy.metering.usage.object;

import dev.oaiproxy.metering.usage.object.UsageSchema.Demand;
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
final class UsageValidation {
    private static final List<UsageCount> PARTS_IN =
            List.of(UsageCount.TEXT_IN, UsageCount.AUDIO_IN, UsageCount.IMAGE_IN);
    private static final List<UsageCount> PARTS_OUT =
            List.of(UsageCount.TEXT_OUT, UsageCount.AUDIO_OUT, UsageCount.IMAGE_OUT);
    private static final List<UsageCount> PARTS_CACHED =
            List.of(UsageCount.CACHED_TEXT, UsageCount.CACHED_AUDIO, UsageCount.CACHED_IMAGE);

    private final UsageObject usage;

    private UsageValidation(UsageObject usage) {
        this.usage = usage;
    }

    /** The contradiction, in names and numbers, or null when all adds up. */
    static @Nullable String in(UsageObject usage) {
        if (usage.fault() != null) {
            return usage.fault();
        }
        UsageValidation check = new UsageValidation(usage);
        return Stream.of(
                        check.nothingIn(),
                        check.unstatedOut(),
                        check.more(UsageCount.INPUT, List.of(UsageCount.CACHED)),
                        check.more(UsageCount.INPUT, PARTS_CACHED),
                        check.more(UsageCount.INPUT, PARTS_IN),
                        check.unexplainedIn(),
                        check.cachedParts(),
                        check.more(UsageCount.OUTPUT, List.of(UsageCount.REASONING)),
                        check.more(UsageCount.OUTPUT, PARTS_OUT),
                        check.more(
                                UsageCount.OUTPUT,
                                List.of(UsageCount.ACCEPTED, UsageCount.REJECTED)))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** No request is free of input, so a zero here is a defect and not a gift. */
    private @Nullable String nothingIn() {
        UsageCount asked = usage.isDuration() ? UsageCount.SECONDS : UsageCount.INPUT;
        boolean mayBeZero = usage.shape().demand() == Demand.STATED;
        boolean fine = mayBeZero ? usage.states(asked) : count(asked) > 0;
        return fine ? null : path(asked) + " is missing or zero";
    }

    private @Nullable String unstatedOut() {
        Demand demand = usage.shape().demand();
        boolean needed = demand == Demand.BOTH || demand == Demand.STATED;
        boolean fine = !needed || usage.isDuration() || usage.states(UsageCount.OUTPUT);
        return fine ? null : path(UsageCount.OUTPUT) + " is missing";
    }

    /** When the text is stated too, the parts are all there is; what is left has no known price. */
    private @Nullable String unexplainedIn() {
        long parts = sum(PARTS_IN);
        boolean explained =
                count(UsageCount.TEXT_IN) == 0 || parts == usage.count(UsageCount.INPUT);
        return explained
                ? null
                : "parts of %d are not %s %d"
                        .formatted(parts, path(UsageCount.INPUT), count(UsageCount.INPUT));
    }

    /** A cached part is inside the cached sum and inside its modality, where those are stated. */
    private @Nullable String cachedParts() {
        return Stream.of(
                        moreThanStated(UsageCount.CACHED, PARTS_CACHED),
                        moreThanStated(UsageCount.TEXT_IN, List.of(UsageCount.CACHED_TEXT)),
                        moreThanStated(UsageCount.AUDIO_IN, List.of(UsageCount.CACHED_AUDIO)),
                        moreThanStated(UsageCount.IMAGE_IN, List.of(UsageCount.CACHED_IMAGE)))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private @Nullable String moreThanStated(UsageCount total, List<UsageCount> parts) {
        return usage.states(total) ? more(total, parts) : null;
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
        return parts.stream().mapToLong(usage::count).sum();
    }

    private long count(UsageCount usageCount) {
        return usage.count(usageCount);
    }

    private String path(UsageCount usageCount) {
        return usage.shape().usageNames().path(usageCount);
    }
}
