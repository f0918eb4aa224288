package dev.oaiproxy.ledger.account;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.Arrays;
import java.util.Locale;

/** The period of a quota, computed from the calendar of a time zone; nothing ever resets it. */
public enum QuotaPeriod {
    TOTAL(0),
    HOUR(4),
    DAY(1),
    WEEK(2),
    MONTH(3);

    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

    private final int code;

    QuotaPeriod(int code) {
        this.code = code;
    }

    /** Its number in the database. */
    public int code() {
        return code;
    }

    /** The period with a number in the database. */
    public static QuotaPeriod coded(int code) {
        return Arrays.stream(values())
                .filter(one -> one.code == code)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no period has the code " + code));
    }

    /**
     * A stretch of time, in milliseconds since 1970.
     *
     * @param startMillis its first moment
     * @param endMillis the first moment after it; {@link Long#MAX_VALUE} for never
     */
    public record Interval(long startMillis, long endMillis) {}

    /**
     * The period with a lower-case name.
     *
     * @throws IllegalArgumentException naming the possible ones
     */
    public static QuotaPeriod labelled(String label) {
        return Arrays.stream(values())
                .filter(one -> one.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "period must be total, hour, day, week or month, not '"
                                                + label
                                                + "'"));
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The span of this kind that a moment lies in. Weeks begin on Monday, and hours with those of
     * UTC, as the sums by hour do.
     */
    public Interval at(Instant moment, ZoneId zone) {
        LocalDate day = moment.atZone(zone).toLocalDate();
        return switch (this) {
            case TOTAL -> new Interval(0, Long.MAX_VALUE);
            case HOUR -> {
                long start = Math.floorDiv(moment.toEpochMilli(), HOUR_MILLIS) * HOUR_MILLIS;
                yield new Interval(start, start + HOUR_MILLIS);
            }
            case DAY -> span(day, day.plusDays(1), zone);
            case WEEK -> {
                LocalDate monday = day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                yield span(monday, monday.plusWeeks(1), zone);
            }
            case MONTH -> span(day.withDayOfMonth(1), day.withDayOfMonth(1).plusMonths(1), zone);
        };
    }

    private static Interval span(LocalDate from, LocalDate until, ZoneId zone) {
        return new Interval(millis(from, zone), millis(until, zone));
    }

    private static long millis(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant().toEpochMilli();
    }
}
