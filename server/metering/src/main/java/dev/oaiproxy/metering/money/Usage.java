package dev.oaiproxy.metering.money;

import dev.oaiproxy.metering.money.Unit.Side;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The consumption that one response states, in disjoint units.
 *
 * @param model the model that the response names, or null if it names none
 * @param tier the service tier that the response names ({@code default}, {@code priority}...), or
 *     null if it names none
 * @param quantities the quantity of each unit, never negative; units of zero are left out
 */
public record Usage(@Nullable String model, @Nullable String tier, Map<Unit, Long> quantities) {
    /** The largest count that is accepted. No response of OpenAI's comes near it. */
    public static final long LARGEST_COUNT = 1L << 32;

    /** Checks every count and drops the zeros. */
    public Usage {
        EnumMap<Unit, Long> checked = new EnumMap<>(Unit.class);
        quantities.forEach(
                (unit, count) -> {
                    if (count < 0 || count > LARGEST_COUNT) {
                        throw new IllegalArgumentException(unit.label() + " is " + count);
                    }
                    if (count > 0) {
                        checked.put(unit, count);
                    }
                });
        quantities = Collections.unmodifiableMap(checked);
    }

    public long quantity(Unit unit) {
        return quantities.getOrDefault(unit, 0L);
    }

    /** All tokens of the input, including cached ones. Long-context steps compare with this. */
    public long inputTokens() {
        return sum(Side.INPUT);
    }

    /** Input tokens that are read from a cache. */
    public long cachedTokens() {
        return quantity(Unit.CACHED_INPUT)
                + quantity(Unit.AUDIO_CACHED_INPUT)
                + quantity(Unit.IMAGE_CACHED_INPUT);
    }

    public long outputTokens() {
        return sum(Side.OUTPUT);
    }

    private long sum(Side side) {
        long sum = 0;
        for (Map.Entry<Unit, Long> entry : quantities.entrySet()) {
            sum += entry.getKey().side() == side ? entry.getValue() : 0;
        }
        return sum;
    }
}
