package dev.oaiproxy.app.boot;

import dev.oaiproxy.app.config.ConfigException;
import java.time.Duration;
import java.time.Instant;

/**
 * Whether the clock can be right. One that is wrong puts calls into other days, gives quotas anew
 * or deletes what is kept for a time, and none of it can be taken back.
 */
public final class ClockCheck {
    /** This program was made after the one, and will be in no use at the other. */
    static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");

    static final Instant LATEST = Instant.parse("2046-01-01T00:00:00Z");
    public static final Duration MOST_BEHIND = Duration.ofMinutes(5);

    /** What to do about a clock that cannot be right. */
    enum Action {
        CHECK,
        TRUST
    }

    private static final String REMEDY =
            "; set the clock right (on Linux: timedatectl set-ntp true), and start again. If it is"
                    + " right, start once with OAIPROXY_LEDGER_CLOCK=trust";

    private ClockCheck() {}

    /**
     * Lets a start go on.
     *
     * @param newest when the newest call on the ledger was made
     * @throws ConfigException when it must not
     */
    public static void require(Instant now, Instant newest) {
        if (now.isBefore(EARLIEST) || now.isAfter(LATEST)) {
            throw new ConfigException("the clock says " + now + ", which cannot be" + REMEDY);
        }
        if (newest.isAfter(now.plus(MOST_BEHIND))) {
            throw new ConfigException(
                    "the clock says "
                            + now
                            + ", but a call on the ledger is from "
                            + newest
                            + REMEDY);
        }
    }
}
