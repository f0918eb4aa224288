package dev.oaiproxy.ledger.store.report;

import dev.oaiproxy.ledger.ledger.AuditFinding;
import dev.oaiproxy.ledger.store.connection.ConnectionPools;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.AccountRow;
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

    private static final String CALLS =
            """
            SELECT id, booked_ms, state, user_id, key_id, operation, model, held_nanos, cost_nanos,
                input_tokens, cached_tokens, output_tokens, lines, adjusts, ended_ms
            FROM calls ORDER BY id
            """;

    private static final String ACCOUNTS = "SELECT " + AccountRow.COLUMNS + " FROM accounts";

    private static final String DAYS =
            """
            SELECT day AS slot, user_id, key_id, model, operation, calls, input_tokens,
                cached_tokens, output_tokens, cost_nanos
            FROM usage_by_day
            """;

    private static final String HOURS =
            """
            SELECT hour AS slot, user_id, 0 AS key_id, '' AS model, '' AS operation, calls,
                input_tokens, cached_tokens, output_tokens, cost_nanos
            FROM usage_by_hour
            """;

    private static final String OWNERLESS =
            """
            SELECT c.id FROM calls c WHERE
                NOT EXISTS (SELECT 1 FROM users u WHERE u.id = c.user_id)
                OR NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.id = c.key_id)
                OR (c.adjusts <> 0 AND NOT EXISTS (SELECT 1 FROM calls o WHERE o.id = c.adjusts))
            """;

    private static final String DEFERRED = "SELECT call_id FROM deferred";

    private static final String STRAYS =
            """
            SELECT d.call_id FROM deferred d WHERE
                NOT EXISTS (SELECT 1 FROM calls c WHERE c.id = d.call_id AND c.state = 0)
            """;

    /** A container can end before OpenAI forgets it; a vector store costs money until then. */
    private static final String UNKEPT =
            """
            SELECT a.object_id AS id FROM accruals a WHERE NOT EXISTS
                (SELECT 1 FROM objects o WHERE o.id = a.object_id AND o.user_id = a.user_id)
            UNION ALL
            SELECT o.id AS id FROM objects o WHERE o.kind = 'vector_store'
                AND NOT EXISTS (SELECT 1 FROM accruals a WHERE a.object_id = o.id)
            """;

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
        return readerThreads.read(tx -> check(tx, rollups), WAIT_MILLIS);
    }

    /** Audits a database that nobody writes to. */
    public static Report of(Database database, ZoneId zone) {
        try (Tx tx = Tx.alone(database, ConnectionPools.LONG_SILENCE)) {
            tx.begin();
            return check(tx, new Rollups(zone));
        } catch (SQLException e) {
            throw StoreException.undone("the books cannot be read", e);
        }
    }

    private static Report check(Tx tx, Rollups rollups) throws SQLException {
        RecomputedSums recomputedSums = new RecomputedSums(rollups, rollups.horizon(tx));
        tx.list(ACCOUNTS, AccountRow::read).forEach(recomputedSums::account);
        tx.list(DEFERRED, row -> row.getLong(1)).forEach(recomputedSums::landed);
        tx.each(CALLS, row -> recomputedSums.call(AuditedCall.read(row)));
        tx.list(OWNERLESS, row -> row.getLong(1)).forEach(recomputedSums::ownerless);
        tx.list(STRAYS, row -> row.getLong(1)).forEach(recomputedSums::stray);
        tx.list(UNKEPT, row -> row.getString(1)).forEach(recomputedSums::unkept);
        tx.each(DAYS, row -> recomputedSums.day(Rollups.Cell.read(row), Rollups.Sums.read(row)));
        tx.each(HOURS, row -> recomputedSums.hour(Rollups.Cell.read(row), Rollups.Sums.read(row)));
        return recomputedSums.report();
    }
}
