package dev.oaiproxy.ledger.store;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Periods of the calendar, and clocks that do not run as they should. */
@OnEveryDatabase
class PeriodPagesTest {
    private final TestDatabase database;
    @TempDir Path folder;

    PeriodPagesTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void beginsADayAtMidnightOfTheZone() {
        LedgerPage.play(
                database,
                folder,
                """
                zone Asia/Kolkata
                key k1 alice
                grant key:k1 2.00 day
                at 2026-11-23T18:29:59.999Z
                hold h1 k1 2.00    -> granted, remaining 0.00
                settle h1 2.00
                hold h2 k1 0.01    -> over quota key:k1: 2.00, spent 2.00, held 0.00
                at 2026-11-23T18:30:00Z
                balance key:k1     -> spent 0.00, held 0.00, free 2.00, ends 2026-11-24T18:30:00Z
                hold h3 k1 1.50    -> granted, remaining 0.50
                settle h3 1.50
                balance key:k1     -> spent 1.50, held 0.00, free 0.50, ends 2026-11-24T18:30:00Z
                balance user:alice -> spent 3.50, held 0.00, free null, ends never
                usage              -> 2026-11-23 1 calls 2.00; 2026-11-24 1 calls 1.50
                """);
    }

    @Test
    void hasDaysOf23And25Hours() {
        LedgerPage.play(
                database,
                folder,
                """
                zone Europe/Berlin
                at 2026-03-28T23:00:00Z
                key k1 alice
                grant key:k1 1.00 day
                hold h1 k1 1.00    -> granted, remaining 0.00
                settle h1 1.00
                balance key:k1     -> spent 1.00, held 0.00, free 0.00, ends 2026-03-29T22:00:00Z
                at 2026-03-29T21:59:59Z
                hold h2 k1 1.00    -> over quota key:k1: 1.00, spent 1.00, held 0.00
                at 2026-03-29T22:00:00Z
                hold h3 k1 1.00    -> granted, remaining 0.00
                settle h3 1.00
                at 2026-10-24T22:00:00Z
                hold h4 k1 1.00    -> granted, remaining 0.00
                settle h4 1.00
                balance key:k1     -> spent 1.00, held 0.00, free 0.00, ends 2026-10-25T23:00:00Z
                at 2026-10-25T22:59:59Z
                hold h5 k1 1.00    -> over quota key:k1: 1.00, spent 1.00, held 0.00
                usage -> 2026-03-29 1 calls 1.00; 2026-03-30 1 calls 1.00; 2026-10-25 1 calls 1.00
                """);
    }

    @Test
    void beginsADayThatHasNoMidnightWhereItBegins() {
        // In Cairo the clocks go from 24 April, 24:00, to 25 April, 01:00.
        LedgerPage.play(
                database,
                folder,
                """
                zone Africa/Cairo
                at 2026-04-23T21:59:59Z
                key k1 alice
                grant key:k1 1.00 day
                hold h1 k1 1.00    -> granted, remaining 0.00
                settle h1 1.00
                balance key:k1     -> spent 1.00, held 0.00, free 0.00, ends 2026-04-23T22:00:00Z
                at 2026-04-23T22:00:00Z
                hold h2 k1 1.00    -> granted, remaining 0.00
                settle h2 1.00
                balance key:k1     -> spent 1.00, held 0.00, free 0.00, ends 2026-04-24T21:00:00Z
                """);
    }

    @Test
    void beginsAWeekOnMondayAndAMonthOnItsFirst() {
        LedgerPage.play(
                database,
                folder,
                """
                zone America/New_York
                key k1 alice
                grant key:k1 1.00 week
                grant user:alice 1.50 month
                # Sunday, the 29th, a second before Monday.
                at 2026-11-30T04:59:59Z
                hold h1 k1 1.00    -> granted, remaining 0.00
                settle h1 1.00
                at 2026-11-30T05:00:00Z
                hold h2 k1 0.51    -> over quota user:alice: 1.50, spent 1.00, held 0.00
                hold h3 k1 0.50    -> granted, remaining 0.00
                settle h3 0.50
                # December begins in the same week.
                at 2026-12-01T04:59:59Z
                hold h4 k1 0.01    -> over quota user:alice: 1.50, spent 1.50, held 0.00
                at 2026-12-01T05:00:00Z
                hold h5 k1 0.51    -> over quota key:k1: 1.00, spent 0.50, held 0.00
                hold h6 k1 0.50    -> granted, remaining 0.00
                balance user:alice -> spent 0.00, held 0.50, free 1.00, ends 2027-01-01T05:00:00Z
                balance key:k1     -> spent 0.50, held 0.50, free 0.00, ends 2026-12-07T05:00:00Z
                """);
    }

    @Test
    void chargesACallToThePeriodThatAdmittedIt() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 2.00 day
                at 2026-11-23T23:59:59Z
                hold h1 k1 1.50    -> granted, remaining 0.50
                at 2026-11-24T00:00:01Z
                # Until it ends, its hold counts here too.
                hold h2 k1 0.51    -> over quota key:k1: 2.00, spent 0.00, held 1.50
                hold h3 k1 0.50    -> granted, remaining 0.00
                settle h1 1.25
                balance key:k1     -> spent 0.00, held 0.50, free 1.50, ends 2026-11-25T00:00:00Z
                settle h3 0.25
                usage              -> 2026-11-23 1 calls 1.25; 2026-11-24 1 calls 0.25
                # A correction goes where its call is.
                adjust h1 -0.25
                adjust h3 0.05
                balance key:k1     -> spent 0.30, held 0.00, free 1.70, ends 2026-11-25T00:00:00Z
                usage              -> 2026-11-23 1 calls 1.00; 2026-11-24 1 calls 0.30
                """);
    }

    @Test
    void countsAnewWhenThePeriodChanges() {
        LedgerPage.play(
                database,
                folder,
                """
                at 2026-11-01T12:00:00Z
                key k1 alice
                grant key:k1 5.00 day
                hold h1 k1 1.00    -> granted, remaining 4.00
                settle h1 1.00
                at 2026-11-22T12:00:00Z
                hold h2 k1 2.00    -> granted, remaining 3.00
                settle h2 2.00
                adjust h2 0.50
                at 2026-11-23T12:00:00Z
                hold h3 k1 1.00    -> granted, remaining 4.00
                grant key:k1 5.00 month
                balance key:k1     -> spent 3.50, held 1.00, free 0.50, ends 2026-12-01T00:00:00Z
                settle h3 0.25
                balance key:k1     -> spent 3.75, held 0.00, free 1.25, ends 2026-12-01T00:00:00Z
                grant key:k1 5.00 week
                balance key:k1     -> spent 0.25, held 0.00, free 4.75, ends 2026-11-30T00:00:00Z
                grant key:k1 5.00 total
                balance key:k1     -> spent 3.75, held 0.00, free 1.25, ends never
                grant everyone 5.00 month
                balance everyone   -> spent 3.75, held 0.00, free 1.25, ends 2026-12-01T00:00:00Z
                """);
    }

    @Test
    void givesNothingBackWhenTheClockStepsBackOverMidnight() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                key k2 bob
                grant key:k1 2.00 day
                grant key:k2 2.00 day
                at 2026-11-23T23:59:00Z
                hold h1 k1 2.00    -> granted, remaining 0.00
                settle h1 2.00
                at 2026-11-24T00:00:10Z
                hold h2 k1 2.00    -> granted, remaining 0.00
                settle h2 2.00
                at 2026-11-23T23:59:30Z
                hold h3 k1 0.01    -> over quota key:k1: 2.00, spent 2.00, held 0.00
                hold h4 k2 2.00    -> granted, remaining 0.00
                settle h4 2.00
                call h4            -> charged 2.00, booked 2026-11-24T00:00:00Z
                restart
                hold h5 k2 0.01    -> over quota key:k2: 2.00, spent 2.00, held 0.00
                at 2026-11-24T00:00:20Z
                hold h6 k1 0.01    -> over quota key:k1: 2.00, spent 2.00, held 0.00
                hold h7 k2 0.01    -> over quota key:k2: 2.00, spent 2.00, held 0.00
                """);
    }

    @Test
    void keepsWhatWasSpentWhenTheFirstPeriodOfAllBeginsWhileTheClockIsBack() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                at 2026-11-24T00:00:10Z
                hold h1 k1 2.00    -> granted, remaining null
                settle h1 2.00
                at 2026-11-23T23:59:30Z
                restart
                grant key:k1 2.00 day
                at 2026-11-24T00:00:20Z
                hold h2 k1 0.01    -> over quota key:k1: 2.00, spent 2.00, held 0.00
                """);
    }

    @Test
    void keepsWhatWasSpentWhenThePeriodChangesWhileTheClockIsBack() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                key k2 bob
                grant key:k1 9.00 day
                at 2026-11-24T00:00:10Z
                hold h1 k1 1.00    -> granted, remaining 8.00
                settle h1 1.00
                hold h2 k2 2.00    -> granted, remaining null
                settle h2 2.00
                at 2026-11-23T23:59:30Z
                grant key:k2 2.00 day
                hold h3 k2 0.01    -> over quota key:k2: 2.00, spent 2.00, held 0.00
                at 2026-11-24T00:00:20Z
                hold h4 k2 0.01    -> over quota key:k2: 2.00, spent 2.00, held 0.00
                """);
    }
}
