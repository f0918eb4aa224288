package dev.oaiproxy.ledger.store;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups, and several quotas of a scope, as pages of a ledger. */
@OnEveryDatabase
class GroupPagesTest {
    private final TestDatabase database;
    @TempDir Path folder;

    GroupPagesTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void chargesGroupMemberUserAndKey() {
        LedgerPage.play(
                database,
                folder,
                """
                group ml26 10.00 month each 5.00 month -> members 0
                member ml26 bob carol
                key k1 bob in ml26
                key k2 bob
                hold h1 k1 2.00    -> granted, remaining 3.00
                hold h2 k2 1.00    -> granted, remaining null
                settle h1 1.50
                settle h2 0.75
                quotas group:ml26  -> 1.50+0.00 of 10.00 a month
                quotas member:ml26/bob -> 1.50+0.00 of 5.00 a month
                quotas user:bob    -> 2.25+0.00 of null a total
                hold h3 k1 3.51    -> over quota member:ml26/bob: 5.00, spent 1.50, held 0.00
                adjust h1 0.25
                quotas group:ml26  -> 1.75+0.00 of 10.00 a month
                quotas member:ml26/carol -> 0.00+0.00 of 5.00 a month
                """);
    }

    @Test
    void stopsTheKeysOfARemovedMemberAndEndsTheirCalls() {
        LedgerPage.play(
                database,
                folder,
                """
                group ml26 10.00 month -> members 0
                group lab none total -> members 0
                key k1 bob in ml26
                key k2 bob in lab
                hold h1 k1 2.00    -> granted, remaining 8.00
                unmember ml26 bob
                hold h2 k1 1.00    -> inactive member:ml26/bob
                resize h1 3.00     -> inactive member:ml26/bob
                hold h3 k2 1.00    -> granted, remaining null
                settle h1 2.00
                quotas member:ml26/bob -> 2.00+0.00 of null a total
                key k3 bob in ml26 -> refused: bob was removed from ml26; \
                add the user to the group again
                member ml26 bob
                hold h4 k1 1.00    -> granted, remaining 7.00
                ungroup ml26
                hold h5 k1 1.00    -> inactive group:ml26
                settle h4 1.00
                quotas group:ml26  -> 3.00+0.00 of 10.00 a month
                ungroup ml26       -> no group
                member ml26 carol  -> no group
                key k4 bob in ml26 -> refused: there is no group ml26
                group ml26 none total -> refused: a group ml26 was removed, \
                and its name stays with it
                crash
                call h3            -> estimated 1.00, booked 2026-11-23T12:00:00Z
                """);
    }

    @Test
    void fitsEveryQuotaThatMatches() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 bob
                quota user:bob 20.00 month -> 0.00+0.00 of 20.00 a month
                quota user:bob 1.00 hour -> 0.00+0.00 of 20.00 a month; 0.00+0.00 of 1.00 a hour
                quota user:bob 0.50 month models gpt-*-pro -> 0.00+0.00 of 20.00 a month; \
                0.00+0.00 of 1.00 a hour; 0.00+0.00 of 0.50 a month of gpt-*-pro
                hold h1 k1 0.60 model gpt-6-pro -> over quota user:bob (month, gpt-*-pro): 0.50, \
                spent 0.00, held 0.00
                hold h1 k1 0.60    -> granted, remaining 0.40
                hold h2 k1 0.40 model gpt-6-pro -> granted, remaining 0.00
                hold h3 k1 0.10    -> over quota user:bob: 1.00, spent 0.00, held 1.00
                settle h1 0.60
                settle h2 0.40
                quotas user:bob    -> 1.00+0.00 of 20.00 a month; 1.00+0.00 of 1.00 a hour; \
                0.40+0.00 of 0.50 a month of gpt-*-pro
                at 2026-11-23T13:00:00Z
                hold h4 k1 0.11 model gpt-6-pro -> over quota user:bob (month, gpt-*-pro): 0.50, \
                spent 0.40, held 0.00
                hold h5 k1 1.00    -> granted, remaining 0.00
                settle h5 1.00
                at 2026-12-01T00:00:00Z
                hold h6 k1 0.50 model gpt-6-pro -> granted, remaining 0.00
                """);
    }

    @Test
    void countsWhatWasSpentBeforeAQuotaWasSet() {
        LedgerPage.play(
                database,
                folder,
                """
                group ml26 none total -> members 0
                key k1 bob in ml26
                hold h1 k1 1.00    -> granted, remaining null
                settle h1 1.00
                hold h2 k1 1.00    -> granted, remaining null
                quota group:ml26 5.00 total -> 1.00+1.00 of 5.00 a total
                quota group:ml26 3.00 day -> 1.00+1.00 of 5.00 a total; 1.00+0.00 of 3.00 a day
                quota group:ml26 3.00 hour models o5 -> 1.00+1.00 of 5.00 a total; \
                1.00+0.00 of 3.00 a day; 0.00+0.00 of 3.00 a hour of o5
                # A call under way pays into the quotas that it was admitted with.
                settle h2 1.00
                quotas group:ml26  -> 2.00+0.00 of 5.00 a total; 1.00+0.00 of 3.00 a day; \
                0.00+0.00 of 3.00 a hour of o5
                at 2026-11-24T12:00:00Z
                hold h3 k1 3.00    -> granted, remaining 0.00
                restart
                quotas group:ml26  -> 5.00+0.00 of 5.00 a total; 3.00+0.00 of 3.00 a day; \
                0.00+0.00 of 3.00 a hour of o5
                """);
    }

    @Test
    void removesAQuotaUnderARunningCall() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 bob
                quota everyone 100.00 total -> 0.00+0.00 of 100.00 a total
                quota everyone 2.00 day -> 0.00+0.00 of 100.00 a total; 0.00+0.00 of 2.00 a day
                hold h1 k1 2.00    -> granted, remaining 0.00
                unquota everyone day -> 0.00+2.00 of 100.00 a total
                unquota everyone day -> none
                resize h1 50.00    -> granted, remaining 50.00
                # Set again while the call runs: another account, on which it holds nothing.
                quota everyone 3.00 day -> 0.00+50.00 of 100.00 a total; 0.00+0.00 of 3.00 a day
                hold h2 k1 3.00    -> granted, remaining 0.00
                settle h1 40.00
                release h2
                quotas everyone    -> 40.00+0.00 of 100.00 a total; 0.00+0.00 of 3.00 a day
                unquota everyone total -> 40.00+0.00 of null a total; 0.00+0.00 of 3.00 a day
                unquota everyone day -> 40.00+0.00 of null a total
                quota everyone 60.00 day -> 40.00+0.00 of 60.00 a day
                hold h3 k1 20.01   -> over quota everyone: 60.00, spent 40.00, held 0.00
                """);
    }

    @Test
    void raisesAQuotaForAWhile() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 bob
                raise user:bob 10.00 month until 2026-11-30T00:00:00Z -> none
                quota user:bob 5.00 month -> 0.00+0.00 of 5.00 a month
                raise user:bob 10.00 month until 2026-11-30T00:00:00Z -> 0.00+0.00 of 15.00 a month
                hold h1 k1 12.00   -> granted, remaining 3.00
                settle h1 12.00
                at 2026-11-30T00:00:00Z
                quotas user:bob    -> 12.00+0.00 of 5.00 a month
                hold h2 k1 0.01    -> over quota user:bob: 5.00, spent 12.00, held 0.00
                at 2026-12-01T00:00:00Z
                hold h3 k1 5.01    -> over quota user:bob: 5.00, spent 0.00, held 0.00
                hold h4 k1 5.00    -> granted, remaining 0.00
                """);
    }

    @Test
    void boundsTheQuotasOfAScope() {
        LedgerPage.play(
                database,
                folder,
                """
                key k1 bob
                quota user:bob 1.00 hour -> 0.00+0.00 of 1.00 a hour
                """
                        + "quota user:bob 1.00 hour models m1 -> 0.00+0.00 of 1.00 a hour;"
                        + " 0.00+0.00 of 1.00 a hour of m1\n"
                        + filled()
                        + """
                        quota user:bob 1.00 hour models m9 -> refused: user:bob has 9 quotas, \
                        which is the most; remove one first
                        quota nobody 1.00 hour -> none
                        """);
    }

    /** Lines that set seven more quotas. */
    private static String filled() {
        StringBuilder lines = new StringBuilder();
        StringBuilder all = new StringBuilder("0.00+0.00 of 1.00 a hour");
        all.append("; 0.00+0.00 of 1.00 a hour of m1");
        for (int i = 2; i <= 8; i++) {
            all.append("; 0.00+0.00 of 1.00 a hour of m").append(i);
            lines.append("quota user:bob 1.00 hour models m").append(i);
            lines.append(" -> ").append(all).append('\n');
        }
        return lines.toString();
    }
}
