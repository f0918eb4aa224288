package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.store.sql.ColumnLimits;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.sql.SQLException;
import java.util.List;

/** Tries the statements of a call on a database. */
public final class WriteProbe {
    private static final String CALL =
            """
            INSERT INTO calls (id, booked_ms, ended_ms, state, node, user_id, key_id, operation,
                model, tier, status, reason, tokens, held_nanos, cost_nanos, input_tokens,
                cached_tokens, output_tokens, lines, price_version, adjusts)
            VALUES (?, ?, 0, 2, 0, ?, ?, '', ?, '', 0, '', 0, 0, 0, 0, 0, 0, '', '', 0)
            """;

    /** Changes of no rows, which fail when a table is gone or no longer ours. */
    private static final List<String> CHANGES =
            List.of(
                    "UPDATE usage_by_day SET calls = calls WHERE day = -1",
                    "UPDATE usage_by_hour SET calls = calls WHERE hour = -1",
                    "DELETE FROM deferred WHERE call_id = -1");

    /**
     * An id at the end of the table, where new calls go: a full disk may still have room between
     * old rows.
     */
    private static final long LAST = Long.MAX_VALUE;

    private WriteProbe() {}

    /**
     * Inserts a call and deletes it again: a full disk lets rows be changed long after it has no
     * room for new ones. A rollback instead would make the other work of the commit run again.
     */
    public static boolean run(Tx tx) throws SQLException {
        for (String change : CHANGES) {
            tx.update(change);
        }
        tx.update(CALL, LAST, LAST, LAST, LAST, " ".repeat(ColumnLimits.MODEL));
        return tx.update("DELETE FROM calls WHERE id = ?", LAST) == 1;
    }
}
