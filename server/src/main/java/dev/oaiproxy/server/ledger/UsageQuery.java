package dev.oaiproxy.server.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What to sum up.
 *
 * @param since the first moment
 * @param until the first moment after
 * @param by what to group by, in the order of the columns
 * @param user only this user's, or null
 * @param key only of the key with this public id, or null
 * @param model only this model's, or null
 */
public record UsageQuery(
        Instant since,
        Instant until,
        List<By> by,
        @Nullable String user,
        @Nullable String key,
        @Nullable String model) {
    /** What usage can be grouped by. */
    public enum By {
        USER,
        KEY,
        MODEL,
        OPERATION,
        DAY,
        HOUR;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Rejects a time that runs backwards. */
    public UsageQuery {
        by = List.copyOf(by);
        if (!since.isBefore(until)) {
            throw new IllegalArgumentException("since must be before until");
        }
    }
}
