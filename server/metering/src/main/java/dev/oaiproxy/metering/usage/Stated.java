package dev.oaiproxy.metering.usage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.base.alarm.Alarms;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A usage object as it is written: totals, and counts that are parts of the totals. Members that
 * are not known are let pass.
 */
final class Stated {
    private static final Logger LOG = System.getLogger(Stated.class.getName());
    private static final int LONGEST_NUMBER = 32;

    private final Shape shape;
    private final Map<Count, Long> counts = new EnumMap<>(Count.class);
    private @Nullable String fault;

    Stated(Shape shape) {
        this.shape = shape;
    }

    Shape shape() {
        return shape;
    }

    /**
     * Takes one value, or the start of one.
     *
     * @param path the names that lead to it from the usage object, joined by dots; empty for the
     *     usage itself
     */
    void take(String path, JsonToken token, JsonParser in) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (shape.names().isObject(path) && token != JsonToken.START_OBJECT) {
            fault = (path.isEmpty() ? "usage" : path) + " is not an object";
        }
        Count count = shape.names().count(path);
        if (count != null) {
            put(count, path, count == Count.SECONDS ? seconds(token, in) : whole(token, in));
        }
    }

    /** Takes a length of audio that is stated beside a usage, or instead of one. */
    void takeSeconds(String path, JsonToken token, JsonParser in) throws IOException {
        put(Count.SECONDS, path, seconds(token, in));
    }

    private void put(Count count, String path, long value) {
        if (value >= 0 && value <= Usage.LARGEST_COUNT) {
            counts.put(count, value);
        } else {
            fault = path + " is not a count";
        }
    }

    /** The count, or -1 when it is none. */
    private static long whole(JsonToken token, JsonParser in) throws IOException {
        boolean fits =
                token == JsonToken.VALUE_NUMBER_INT
                        && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        return fits ? in.getLongValue() : -1;
    }

    /** Older answers write the number as a string. Whole seconds, rounded up; -1 for nonsense. */
    private static long seconds(JsonToken token, JsonParser in) throws IOException {
        boolean number = token.isNumeric() || token == JsonToken.VALUE_STRING;
        if (!number || in.getTextLength() > LONGEST_NUMBER) {
            return -1;
        }
        try {
            double seconds = Math.ceil(Double.parseDouble(in.getText()));
            return seconds >= 0 && seconds <= Usage.LARGEST_COUNT ? (long) seconds : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /**
     * What it comes to.
     *
     * @param model the model that the answer names
     * @param tier the service tier that the answer names
     */
    Reading reading(@Nullable String model, @Nullable String tier) {
        String why = Contradiction.in(this);
        if (why != null) {
            return new Reading.Contradictory(why);
        }
        return new Reading.Complete(new Usage(model, tier, Buckets.of(this)));
    }

    /**
     * The larger of two usages that one answer states, which is one too many: what is nonsense in
     * either of them stays, so that the call is charged at its hold.
     */
    static Stated larger(Stated one, Stated other) {
        if (!one.counts.equals(other.counts)) {
            Alarms.raise(
                    LOG,
                    "usage_stated_twice",
                    "tokens={0} other={1}: the larger is charged",
                    Long.toString(one.total()),
                    Long.toString(other.total()));
        }
        if (one.fault != null || other.fault != null) {
            return one.fault != null ? one : other;
        }
        return other.isAtLeast(one) ? other : one;
    }

    /** Whether it states no less than another. */
    boolean isAtLeast(Stated other) {
        return total() >= other.total();
    }

    private long total() {
        return count(Count.INPUT)
                + count(Count.OUTPUT)
                + count(Count.SECONDS)
                + count(Count.SEARCHES);
    }

    /** Reports a total that differs. No price rests on it, so that is no reason to refuse. */
    void compareTotal() {
        long sum = count(Count.INPUT) + count(Count.OUTPUT);
        if (states(Count.TOTAL) && count(Count.TOTAL) != sum) {
            LOG.log(
                    Level.WARNING,
                    "event=usage_total_differs total=" + count(Count.TOTAL) + " sum=" + sum);
        }
    }

    /** What was not even a count, or null when all of them were. */
    @Nullable String fault() {
        return fault;
    }

    boolean states(Count count) {
        return counts.containsKey(count);
    }

    /** The count; what is not stated is zero. */
    long count(Count count) {
        return counts.getOrDefault(count, 0L);
    }

    /** Whether it states seconds and no tokens. */
    boolean isDuration() {
        return states(Count.SECONDS) && !states(Count.INPUT);
    }
}
