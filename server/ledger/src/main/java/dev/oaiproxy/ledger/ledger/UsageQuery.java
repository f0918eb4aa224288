package dev.oaiproxy.ledger.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A question for sums of usage.
 *
 * @param since the first moment
 * @param until the first moment after
 * @param by the columns to group by, in their order
 * @param user only this user's, or null
 * @param key only of the key with this public id, or null
 * @param model only this model's, or null
 * @param group only of the keys of the group with this name, or null
 * @param holds true to sum up the holds, too
 */
public record UsageQuery(
        Instant since,
        Instant until,
        List<By> by,
        @Nullable String user,
        @Nullable String key,
        @Nullable String model,
        @Nullable String group,
        boolean holds) {
    /** A column to group by. */
    public enum By {
        GROUP,
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

    /** Of all groups. */
    public UsageQuery(
            Instant since,
            Instant until,
            List<By> by,
            @Nullable String user,
            @Nullable String key,
            @Nullable String model,
            boolean holds) {
        this(since, until, by, user, key, model, null, holds);
    }

    /** The same without the holds. */
    public UsageQuery(
            Instant since,
            Instant until,
            List<By> by,
            @Nullable String user,
            @Nullable String key,
            @Nullable String model) {
        this(since, until, by, user, key, model, false);
    }

    /** Rejects a time that runs backwards. */
    public UsageQuery {
        by = List.copyOf(by);
        if (!since.isBefore(until)) {
            throw new IllegalArgumentException("since must be before until");
        }
        if (holds && by.contains(By.DAY)) {
            throw new IllegalArgumentException("holds are not summed by day; use hour");
        }
    }
}
