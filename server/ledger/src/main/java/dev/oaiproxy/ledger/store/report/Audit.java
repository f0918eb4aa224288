package dev.oaiproxy.ledger.store.report;

import dev.oaiproxy.ledger.ledger.AuditFinding;
import dev.oaiproxy.ledger.store.connection.ConnectionPools;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.Rollups;
import dev.oaiproxy.metering.money.Usd;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.List;

/**
 * Proves the books, in one consistent view of all tables: every sum is computed anew from the calls
 * and compared with the stored one.
 */
public record Audit(ReaderThreads readerThreads, Rollups rollups) {
    private static final long WAIT_MILLIS = 600_000;

    /**
     * The result of an audit.
     *
     * @param calls the number of checked rows
     * @param accounts the number of checked accounts
     * @param charged the sum of all charges, estimates and corrections
     * @param findings the broken rules; empty when the books balance
     */
    public record Report(long calls, long accounts, Usd charged, List<AuditFinding> findings) {
        public Report {
            findings = List.copyOf(findings);
        }
    }

    /** Checks everything, in time proportional to the number of calls. */
    public Report run() {
        return readerThreads.read(tx -> AuditRun.check(tx, rollups), WAIT_MILLIS);
    }

    /** Audits a database that nobody writes to. */
    public static Report of(Database database, ZoneId zone) {
        try (Tx tx = Tx.alone(database, ConnectionPools.LONG_SILENCE)) {
            tx.begin();
            return AuditRun.check(tx, new Rollups(zone));
        } catch (SQLException e) {
            throw StoreException.undone("the books cannot be read", e);
        }
    }
}
