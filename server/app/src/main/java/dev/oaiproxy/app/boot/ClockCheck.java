package dev.oaiproxy.app.boot;

import dev.oaiproxy.app.config.ConfigException;
import java.time.Duration;
import java.time.Instant;

/**
 * Checks that the clock can be right. A wrong clock puts calls into other days, renews quotas, or
 * deletes rows too early, and none of that can be undone.
 */
public final class ClockCheck {
    /** Bounds of a plausible clock: the program is younger, and will not be in use later. */
    static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");

    static final Instant LATEST = Instant.parse("2046-01-01T00:00:00Z");
    public static final Duration MOST_BEHIND = Duration.ofMinutes(5);

    /** The two ways to treat a clock that cannot be right. */
    enum Action {
        CHECK,
        TRUST
    }

    private static final String REMEDY =
            "; set the clock right (on Linux: timedatectl set-ntp true), and start again. If it is"
                    + " right, start once with OAIPROXY_LEDGER_CLOCK=trust";

    private ClockCheck() {}

    /**
     * Requires a clock with which a server may start.
     *
     * @param newest the time of the newest call on the ledger
     * @throws ConfigException when the clock cannot be right
     */
    public static void require(Instant now, Instant newest) {
        if (now.isBefore(EARLIEST) || now.isAfter(LATEST)) {
            throw new ConfigException("the clock says " + now + ", which cannot be right" + REMEDY);
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
