package dev.oaiproxy.metering.price.book;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The period in which something is valid.
 *
 * @param from the first moment, or null if it has always been valid
 * @param until the end, exclusive, or null if there is none
 */
public record ValidityPeriod(@Nullable Instant from, @Nullable Instant until) {
    public ValidityPeriod {
        if (from != null && until != null && !from.isBefore(until)) {
            throw new IllegalArgumentException("from " + from + " is not before until " + until);
        }
    }

    public boolean contains(Instant at) {
        return (from == null || !at.isBefore(from)) && (until == null || at.isBefore(until));
    }

    boolean overlaps(ValidityPeriod other) {
        return startsBeforeEndOf(other) && other.startsBeforeEndOf(this);
    }

    private boolean startsBeforeEndOf(ValidityPeriod other) {
        return from == null || other.until == null || from.isBefore(other.until);
    }
}
