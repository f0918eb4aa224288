package dev.oaiproxy.ledger.store;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every refusal of a call, and that a refused call leaves no trace on any account. */
@OnEveryDatabase
class RefusalPagesTest {
    private final TestDatabase database;
    @TempDir Path folder;

    RefusalPagesTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void refusesWhatPassesTheQuotaOfKeyUserOrEveryone() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                key k2 alice
                key k3 bob
                grant key:k1 3.00 total
                grant user:alice 5.00 total
                grant everyone 6.00 total
                hold h1 k1 3.01    -> over quota key:k1: 3.00, spent 0.00, held 0.00
                hold h2 k1 3.00    -> granted, remaining 0.00
                hold h3 k2 2.01    -> over quota user:alice: 5.00, spent 0.00, held 3.00
                hold h4 k2 2.00    -> granted, remaining 0.00
                hold h5 k3 1.01    -> over quota everyone: 6.00, spent 0.00, held 5.00
                hold h6 k3 1.00    -> granted, remaining 0.00
                balance key:k3     -> spent 0.00, held 1.00, free null, ends never
                settle h2 0.50
                hold h7 k3 2.50    -> granted, remaining 0.00
                balance everyone   -> spent 0.50, held 5.50, free 0.00, ends never
                """);
    }

    @Test
    void refusesTheVeryNextCallOfARevokedKeyOrDisabledUser() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                key k2 alice
                hold h1 k1 1.00    -> granted, remaining null
                revoke k1
                hold h2 k1 1.00    -> inactive key:k1
                hold h3 k2 1.00    -> granted, remaining null
                # What is in flight is still charged.
                settle h1 0.75
                disable alice
                hold h4 k2 1.00    -> inactive user:alice
                settle h3 0.25
                balance user:alice -> spent 1.00, held 0.00, free null, ends never
                """);
    }

    @Test
    void refusesFromTheMomentOfExpiryOn() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice expires 2026-11-23T13:00:00Z
                at 2026-11-23T12:59:59.999Z
                hold h1 k1 1.00    -> granted, remaining null
                at 2026-11-23T13:00:00Z
                hold h2 k1 1.00    -> expired key:k1
                settle h1 0.50
                balance key:k1     -> spent 0.50, held 0.00, free null, ends never
                """);
    }

    @Test
    void refusesMoreCallsThanAMinuteMayHave() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 none total rpm 2
                at 2026-11-23T12:00:20Z
                hold h1 k1 1.00    -> granted, remaining null
                release h1
                hold h2 k1 1.00    -> granted, remaining null
                hold h3 k1 1.00    -> over rate key:k1: 2 requests per min (RPM), 40s
                at 2026-11-23T12:01:00Z
                hold h4 k1 1.00    -> granted, remaining null
                grant key:k1 none total rpm 0
                at 2026-11-23T12:02:00Z
                hold h5 k1 1.00    -> over rate key:k1: 0 requests per min (RPM), 60s
                grant key:k1 none total
                hold h6 k1 1.00    -> granted, remaining null
                """);
    }

    @Test
    void refusesMoreTokensThanAMinuteMayHave() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant user:alice none total tpm 100
                hold h1 k1 1.00 tokens 60 -> granted, remaining null
                hold h2 k1 1.00 tokens 41 -> over rate user:alice: 100 tokens per min (TPM), 60s
                hold h3 k1 1.00 tokens 40 -> granted, remaining null
                # A call counts for what it had in the end.
                settle h1 0.10 tokens 10
                hold h4 k1 1.00 tokens 51 -> over rate user:alice: 100 tokens per min (TPM), 60s
                hold h5 k1 1.00 tokens 50 -> granted, remaining null
                at 2026-11-23T12:01:00Z
                settle h3 0.10 tokens 90
                hold h6 k1 1.00 tokens 101 -> over rate user:alice: 100 tokens per min (TPM), 60s
                hold h7 k1 1.00 tokens 100 -> granted, remaining null
                """);
    }

    @Test
    void refusesMoreCallsAtOnceThanMayBe() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant everyone none total parallel 2
                hold h1 k1 1.00    -> granted, remaining null
                hold h2 k1 1.00    -> granted, remaining null
                hold h3 k1 1.00    -> over rate everyone: 2 parallel requests, 1s
                release h1
                hold h4 k1 1.00    -> granted, remaining null
                crash
                hold h5 k1 1.00    -> granted, remaining null
                """);
    }

    @Test
    void leavesNoTraceOfACallThatOnlyItsLastAccountRefuses() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                key k2 alice
                grant user:alice none total rpm 1 tpm 10 parallel 1
                grant key:k1 1.00 total
                hold h1 k1 2.00 tokens 9 -> over quota key:k1: 1.00, spent 0.00, held 0.00
                balance everyone   -> spent 0.00, held 0.00, free null, ends never
                hold h2 k2 2.00 tokens 9 -> granted, remaining null
                """);
    }

    @Test
    void saysOverQuotaOfASumThatNoNumberHolds() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 1.00 total
                hold h1 k1 1.00    -> granted, remaining 0.00
                settle h1 1.00
                hold h2 k1 9223372036 -> over quota key:k1: 1.00, spent 1.00, held 0.00
                """);
    }

    @Test
    void countsAQuotaThatChangesFromTheNextCallOn() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 alice
                grant key:k1 10.00 total
                hold h1 k1 4.00    -> granted, remaining 6.00
                settle h1 4.00
                hold h2 k1 2.00    -> granted, remaining 4.00
                grant key:k1 3.00 total
                balance key:k1     -> spent 4.00, held 2.00, free -3.00, ends never
                hold h3 k1 0.01    -> over quota key:k1: 3.00, spent 4.00, held 2.00
                settle h2 1.00
                hold h4 k1 0       -> over quota key:k1: 3.00, spent 5.00, held 0.00
                grant key:k1 5.50 total
                hold h5 k1 0.50    -> granted, remaining 0.00
                grant key:k1 none total
                hold h6 k1 100.00  -> granted, remaining null
                grant key:k1 0 total
                hold h7 k1 0.01    -> over quota key:k1: 0.00, spent 5.00, held 100.50
                """);
    }
}
