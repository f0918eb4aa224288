package dev.oaiproxy.metering.usage.object;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.metering.money.Usage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A usage object in OpenAI's form: totals, and counts that are parts of the totals. Unknown members
 * are ignored.
 */
public final class UsageObject {
    private static final Logger LOG = System.getLogger(UsageObject.class.getName());
    private static final int LONGEST_NUMBER = 32;

    private final UsageSchema schema;
    private final Map<UsageCount, Long> counts = new EnumMap<>(UsageCount.class);
    private @Nullable String fault;

    UsageObject(UsageSchema schema) {
        this.schema = schema;
    }

    UsageSchema shape() {
        return schema;
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
        if (schema.usageNames().isObject(path) && token != JsonToken.START_OBJECT) {
            fault = (path.isEmpty() ? "usage" : path) + " is not an object";
        }
        UsageCount usageCount = schema.usageNames().count(path);
        if (usageCount != null) {
            put(
                    usageCount,
                    path,
                    usageCount == UsageCount.SECONDS ? seconds(token, in) : whole(token, in));
        }
    }

    /** Takes the length of audio that a response states beside a usage or instead of one. */
    void takeSeconds(String path, JsonToken token, JsonParser in) throws IOException {
        put(UsageCount.SECONDS, path, seconds(token, in));
    }

    private void put(UsageCount usageCount, String path, long value) {
        if (value >= 0 && value <= Usage.LARGEST_COUNT) {
            counts.put(usageCount, value);
        } else {
            fault = path + " is not a count";
        }
    }

    /** The count, or -1 if the value is none. */
    private static long whole(JsonToken token, JsonParser in) throws IOException {
        boolean fits =
                token == JsonToken.VALUE_NUMBER_INT
                        && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        return fits ? in.getLongValue() : -1;
    }

    /** Whole seconds, rounded up; -1 if the value is no number. Older responses state a string. */
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
     * The usage of this object.
     *
     * @param model the model that the response names
     * @param tier the service tier that the response names
     */
    public UsageResult reading(@Nullable String model, @Nullable String tier) {
        String why = UsageValidation.in(this);
        if (why != null) {
            return new UsageResult.Contradictory(why);
        }
        return new UsageResult.Complete(new Usage(model, tier, TokenBuckets.of(this)));
    }

    /**
     * The larger of two usages in one response, although OpenAI states only one. An invalid value
     * in either is kept, so that the call is charged at its hold.
     */
    public static UsageObject larger(UsageObject one, UsageObject other) {
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

    public boolean isAtLeast(UsageObject other) {
        return total() >= other.total();
    }

    private long total() {
        return count(UsageCount.INPUT)
                + count(UsageCount.OUTPUT)
                + count(UsageCount.SECONDS)
                + count(UsageCount.SEARCHES);
    }

    /**
     * Logs a total that differs from the sum. No price depends on the total, so the usage still
     * counts.
     */
    void compareTotal() {
        long sum = count(UsageCount.INPUT) + count(UsageCount.OUTPUT);
        if (states(UsageCount.TOTAL) && count(UsageCount.TOTAL) != sum) {
            LOG.log(
                    Level.WARNING,
                    "event=usage_total_differs total=" + count(UsageCount.TOTAL) + " sum=" + sum);
        }
    }

    /** The first value that is no count, or null. */
    @Nullable String fault() {
        return fault;
    }

    boolean states(UsageCount usageCount) {
        return counts.containsKey(usageCount);
    }

    /** The count, or zero if it is missing. */
    long count(UsageCount usageCount) {
        return counts.getOrDefault(usageCount, 0L);
    }

    /** True if the usage states seconds and no tokens. */
    boolean isDuration() {
        return states(UsageCount.SECONDS) && !states(UsageCount.INPUT);
    }
}
