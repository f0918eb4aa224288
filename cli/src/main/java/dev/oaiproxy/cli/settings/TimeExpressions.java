package dev.oaiproxy.cli.settings;

import dev.oaiproxy.cli.output.Failure;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Moments as people write them: {@code 90m}, {@code 24h}, {@code 7d}, {@code 2w}, {@code
 * 2026-11-01T12:00:00Z}, or a day ({@code 2026-11-01}), a month ({@code 2026-11}) and calendar
 * words ({@code today}, {@code last-month}), which are their first moments in the clock's time
 * zone.
 */
public final class TimeExpressions {
    private static final Pattern SPAN = Pattern.compile("(\\d{1,6})([mhdw])");
    private static final Pattern MONTH = Pattern.compile("\\d{4}-\\d{2}");
    private static final String ADVICE =
            "write 24h, 7d, 2w, today, yesterday, week, last-week, month, last-month, 2026-11,"
                    + " 2026-11-01 or 2026-11-01T12:00:00Z";

    private final Clock clock;

    public TimeExpressions(Clock clock) {
        this.clock = clock;
    }

    /** A time in the past, in RFC 3339 to the millisecond, as the admin API takes it. */
    public String past(String text) {
        return written(text, -1);
    }

    /** A time in the future, in the same form. */
    public String future(String text) {
        return written(text, 1);
    }

    private String written(String text, int direction) {
        try {
            Instant now = clock.instant();
            Optional<Duration> span = span(text);
            Instant moment =
                    span.isPresent() ? now.plus(span.get().multipliedBy(direction)) : moment(text);
            return moment.truncatedTo(ChronoUnit.MILLIS).toString();
        } catch (DateTimeException | ArithmeticException e) {
            throw Failure.usage("'" + text + "' is not a time", ADVICE);
        }
    }

    private Instant moment(String text) {
        return text.indexOf('T') >= 0
                ? Instant.parse(text)
                : day(text).atStartOfDay(clock.getZone()).toInstant();
    }

    private LocalDate day(String text) {
        LocalDate today = LocalDate.now(clock);
        LocalDate monday = today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        LocalDate first = today.withDayOfMonth(1);
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "today" -> today;
            case "yesterday" -> today.minusDays(1);
            case "tomorrow" -> today.plusDays(1);
            case "week" -> monday;
            case "last-week" -> monday.minusWeeks(1);
            case "next-week" -> monday.plusWeeks(1);
            case "month" -> first;
            case "last-month" -> first.minusMonths(1);
            case "next-month" -> first.plusMonths(1);
            default ->
                    MONTH.matcher(text).matches()
                            ? YearMonth.parse(text).atDay(1)
                            : LocalDate.parse(text);
        };
    }

    private static Optional<Duration> span(String text) {
        Matcher matcher = SPAN.matcher(text);
        return matcher.matches() ? Optional.of(span(matcher)) : Optional.empty();
    }

    private static Duration span(Matcher matcher) {
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2).charAt(0)) {
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            case 'd' -> Duration.ofDays(number);
            default -> Duration.ofDays(7 * number);
        };
    }
}
