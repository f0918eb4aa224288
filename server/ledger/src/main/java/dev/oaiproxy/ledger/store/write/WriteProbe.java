package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.store.sql.ColumnLimits;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.sql.SQLException;
import java.util.List;

/** Tries what every call does to a database. */
public final class WriteProbe {
    private static final String CALL =
            """
            INSERT INTO calls (id, booked_ms, ended_ms, state, node, user_id, key_id, operation,
                model, tier, status, reason, tokens, held_nanos, cost_nanos, input_tokens,
                cached_tokens, output_tokens, lines, price_version, adjusts)
            VALUES (?, ?, 0, 2, 0, ?, ?, '', ?, '', 0, '', 0, 0, 0, 0, 0, 0, '', '', 0)
            """;

    /** Changes of no rows, which a table that is gone, or not ours any more, does not take. */
    private static final List<String> CHANGES =
            List.of(
                    "UPDATE usage_by_day SET calls = calls WHERE day = -1",
                    "UPDATE usage_by_hour SET calls = calls WHERE hour = -1",
                    "DELETE FROM deferred WHERE call_id = -1");

    /** Where new calls come to lie: there may be room between old ones when there is none there. */
    private static final long LAST = Long.MAX_VALUE;

    private WriteProbe() {}

    /**
     * Writes a call down, and takes it out again: a disk that is full lets rows be changed for long
     * after it has no room for new ones. Not by undoing it, which all others would have to repeat.
     */
    public static boolean run(Tx tx) throws SQLException {
        for (String change : CHANGES) {
            tx.update(change);
        }
        tx.update(CALL, LAST, LAST, LAST, LAST, " ".repeat(ColumnLimits.MODEL));
        return tx.update("DELETE FROM calls WHERE id = ?", LAST) == 1;
    }
}
