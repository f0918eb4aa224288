package dev.oaiproxy.ledger.store;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every state of a call, every way into it, and that there is no way out. */
@OnEveryDatabase
class CallStatesTest {
    private final TestDatabase database;
    @TempDir Path folder;

    CallStatesTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void chargesWhatACallCostInPlaceOfItsHold() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 10.00 month
                hold h1 k1 2.00    -> granted, remaining 8.00
                balance key:k1     -> spent 0.00, held 2.00, free 8.00, ends 2026-12-01T00:00:00Z
                call h1            -> held 0.00, booked 2026-11-23T12:00:00Z
                usage
                settle h1 1.37
                balance key:k1     -> spent 1.37, held 0.00, free 8.63, ends 2026-12-01T00:00:00Z
                balance user:alice -> spent 1.37, held 0.00, free null, ends never
                balance everyone   -> spent 1.37, held 0.00, free null, ends never
                call h1            -> charged 1.37, booked 2026-11-23T12:00:00Z
                usage              -> 2026-11-23 1 calls 1.37
                hold h2 k1 8.64    -> over quota key:k1: 10.00, spent 1.37, held 0.00
                call h2            -> no row
                hold h3 k1 8.63    -> granted, remaining 0.00
                settle h3 8.63
                hold h4 k1 0.000000001 -> over quota key:k1: 10.00, spent 10.00, held 0.00
                hold h5 k1 0       -> granted, remaining 0.00
                """);
    }

    @Test
    void holdsAnotherAmountForACallUnderWay() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 5.00 total rpm 2 tpm 9 parallel 2
                grant user:alice 6.00 total
                hold h1 k1 2.00 tokens 9 -> granted, remaining 3.00
                hold h2 k1 1.00    -> granted, remaining 2.00
                # Nothing twice: neither the money that it holds already nor its requests.
                resize h1 4.00     -> granted, remaining 0.00
                balance key:k1     -> spent 0.00, held 5.00, free 0.00, ends never
                balance user:alice -> spent 0.00, held 5.00, free 1.00, ends never
                resize h2 1.000000001 -> over quota key:k1: 5.00, spent 0.00, held 4.00
                balance key:k1     -> spent 0.00, held 5.00, free 0.00, ends never
                resize h1 3.50     -> granted, remaining 0.50
                resize h2 1.50     -> granted, remaining 0.00
                settle h1 3.50
                resize h1 0.10     -> unavailable: the call has ended
                resize h1 9.00     -> unavailable: the call has ended
                grant user:alice 4.00 total
                resize h2 1.50     -> granted, remaining -1.00
                resize h2 1.51     -> over quota user:alice: 4.00, spent 3.50, held 0.00
                resize h2 0.25     -> granted, remaining 0.25
                revoke k1
                resize h2 0.26     -> inactive key:k1
                resize h2 0.20     -> granted, remaining 0.30
                estimate h2
                balance key:k1     -> spent 3.70, held 0.00, free 1.30, ends never
                """);
    }

    @Test
    void endsWhatADeadProcessLeftAtItsNewestHold() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 10.00 month
                hold h1 k1 2.00    -> granted, remaining 8.00
                hold h2 k1 2.00    -> granted, remaining 6.00
                at 2026-12-01T00:00:00Z
                resize h1 3.00     -> granted, remaining 5.00
                resize h2 0.50     -> granted, remaining 6.50
                balance key:k1     -> spent 0.00, held 3.50, free 6.50, ends 2027-01-01T00:00:00Z
                crash
                call h1            -> estimated 3.00, booked 2026-11-23T12:00:00Z
                call h2            -> estimated 0.50, booked 2026-11-23T12:00:00Z
                usage              -> 2026-11-23 2 calls 3.50
                """);
    }

    @Test
    void givesBackTheHoldOfAReleasedCall() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 10.00 total
                hold h1 k1 10.00   -> granted, remaining 0.00
                hold h2 k1 0.01    -> over quota key:k1: 10.00, spent 0.00, held 10.00
                release h1
                call h1            -> released 0.00, booked 2026-11-23T12:00:00Z
                reason h1          -> not sent
                balance key:k1     -> spent 0.00, held 0.00, free 10.00, ends never
                usage
                hold h3 k1 10.00   -> granted, remaining 0.00
                """);
    }

    @Test
    void chargesTheWholeHoldOfACallWhoseCostIsUnknown() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant user:alice 5.00 total
                hold h1 k1 2.00    -> granted, remaining 3.00
                estimate h1
                call h1            -> estimated 2.00, booked 2026-11-23T12:00:00Z
                reason h1          -> cut off
                balance user:alice -> spent 2.00, held 0.00, free 3.00, ends never
                usage              -> 2026-11-23 1 calls 2.00
                """);
    }

    @Test
    void endsACallOnceWhateverComesAfter() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 10.00 total
                hold h1 k1 2.00    -> granted, remaining 8.00
                hold h2 k1 2.00    -> granted, remaining 6.00
                hold h3 k1 2.00    -> granted, remaining 4.00
                settle h1 1.00
                settle h1 1.00     -> ignored
                estimate h1        -> ignored
                release h1         -> ignored
                release h2
                settle h2 1.00     -> ignored
                estimate h3
                settle h3 0.50     -> ignored
                balance key:k1     -> spent 3.00, held 0.00, free 7.00, ends never
                usage              -> 2026-11-23 2 calls 3.00
                """);
    }

    @Test
    void estimatesWhatADeadProcessLeftHeld() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 10.00 total
                hold h1 k1 2.00    -> granted, remaining 8.00
                hold h2 k1 3.00    -> granted, remaining 5.00
                settle h2 1.00
                crash
                call h1            -> estimated 2.00, booked 2026-11-23T12:00:00Z
                reason h1          -> the proxy stopped before the response ended
                call h2            -> charged 1.00, booked 2026-11-23T12:00:00Z
                balance key:k1     -> spent 3.00, held 0.00, free 7.00, ends never
                settle h1 0.10     -> ignored
                restart
                balance key:k1     -> spent 3.00, held 0.00, free 7.00, ends never
                usage              -> 2026-11-23 2 calls 3.00
                """);
    }

    @Test
    void postsASpooledEndingOnce() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 10.00 total
                hold h1 k1 2.00    -> granted, remaining 8.00
                hold h2 k1 2.00    -> granted, remaining 6.00
                # The spool has h1 twice, and h2 that had reached the database after all.
                spool h1 1.25
                spool h1 1.25
                spool h2 1.50
                settle h2 1.50
                crash
                call h1            -> charged 1.25, booked 2026-11-23T12:00:00Z
                balance key:k1     -> spent 2.75, held 0.00, free 7.25, ends never
                crash
                restart
                balance key:k1     -> spent 2.75, held 0.00, free 7.25, ends never
                usage              -> 2026-11-23 2 calls 2.75
                """);
    }

    @Test
    void keepsThePricesThatACallWasChargedBy() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                hold h1 k1 2.00    -> granted, remaining null
                hold h2 k1 2.00    -> granted, remaining null
                hold h3 k1 2.00    -> granted, remaining null
                settle h1 1.25 prices test.2
                prices h1          -> test.2
                settle h2 1.25
                prices h2          -> test.1
                spool h3 1.25 prices test.3
                crash
                prices h3          -> test.3
                """);
    }

    @Test
    void doesNotCountWhatIsAskedAboutLaterAsInFlight() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 10.00 total parallel 1
                hold h1 k1 1.00    -> granted, remaining 9.00
                hold h2 k1 1.00    -> over rate key:k1: 1 parallel requests, 1s
                defer h1
                defer h1           -> refused
                hold h2 k1 1.00    -> granted, remaining 8.00
                hold h3 k1 1.00    -> over rate key:k1: 1 parallel requests, 1s
                crash
                call h1            -> held 0.00, booked 2026-11-23T12:00:00Z
                call h2            -> estimated 1.00, booked 2026-11-23T12:00:00Z
                defer h2           -> ignored
                hold h3 k1 1.00    -> granted, remaining 7.00
                settle h1 0.50
                settle h1 0.50     -> ignored
                hold h4 k1 1.00    -> over rate key:k1: 1 parallel requests, 1s
                spool h3 0.25
                defer h3
                crash
                hold h4 k1 1.00    -> granted, remaining 7.25
                balance key:k1     -> spent 1.75, held 1.00, free 7.25, ends never
                """);
    }

    @Test
    void correctsACallBySignedRows() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 10.00 total
                hold h1 k1 2.00    -> granted, remaining 8.00
                adjust h1 0.10     -> refused: a call that is held cannot be corrected
                settle h1 1.00
                adjust h1 -0.12
                balance key:k1     -> spent 0.88, held 0.00, free 9.12, ends never
                adjust h1 0.50
                call h1            -> charged 1.00, booked 2026-11-23T12:00:00Z
                adjust h1 -1.380000001 -> refused: the call costs 1.38 USD
                adjust h1 -1.38
                balance user:alice -> spent 0.00, held 0.00, free null, ends never
                usage              -> 2026-11-23 1 calls 0.00
                hold h2 k1 2.00    -> granted, remaining 8.00
                release h2
                adjust h2 0.10     -> refused: a call that is released cannot be corrected
                hold h3 k1 2.00    -> granted, remaining 8.00
                estimate h3
                adjust h3 -0.75
                balance everyone   -> spent 1.25, held 0.00, free null, ends never
                """);
    }

    @Test
    void letsACorrectionPassTheQuotaAndThenRefusesCalls() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 1.00 total
                hold h1 k1 1.00    -> granted, remaining 0.00
                settle h1 0.90
                adjust h1 0.60
                balance key:k1     -> spent 1.50, held 0.00, free -0.50, ends never
                hold h2 k1 0.01    -> over quota key:k1: 1.00, spent 1.50, held 0.00
                """);
    }
}
