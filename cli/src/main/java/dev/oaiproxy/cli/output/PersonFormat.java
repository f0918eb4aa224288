package dev.oaiproxy.cli.output;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Amounts and times as people read them; programs get them as the server sent them. */
public final class PersonFormat {
    private static final int MOST_DECIMALS = 4;
    private static final int LEAST_DECIMALS = 2;
    private static final BigDecimal SMALLEST = BigDecimal.ONE.movePointLeft(MOST_DECIMALS);
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss zzz", Locale.ENGLISH);

    private PersonFormat() {}

    /** An amount with 2 to 4 decimals. One that would round to nothing is not shown as nothing. */
    public static String usd(String exact) {
        if (!exact.matches("-?[0-9]{1,18}(\\.[0-9]{1,18})?")) {
            return exact;
        }
        BigDecimal amount = new BigDecimal(exact);
        if (amount.signum() != 0 && amount.abs().compareTo(SMALLEST) < 0) {
            return (amount.signum() < 0 ? ">-" : "<") + SMALLEST.toPlainString();
        }
        BigDecimal rounded = amount.setScale(MOST_DECIMALS, RoundingMode.HALF_UP);
        BigDecimal shortest = rounded.stripTrailingZeros();
        return shortest.setScale(Math.max(LEAST_DECIMALS, shortest.scale())).toPlainString();
    }

    /** A time of the admin API in a zone, to the minute. */
    static String minute(String time, ZoneId zone) {
        return written(time, MINUTE.withZone(zone));
    }

    /** A time of the admin API in a zone, to the second, with the name of the zone. */
    public static String second(String time, ZoneId zone) {
        return written(time, SECOND.withZone(zone));
    }

    private static String written(String time, DateTimeFormatter form) {
        try {
            return time.indexOf('T') < 0 ? time : form.format(Instant.parse(time));
        } catch (DateTimeException e) {
            return time;
        }
    }
}
