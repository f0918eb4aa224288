package dev.oaiproxy.ledger.store.node;

import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.store.sql.ColumnLimits;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.NodeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of nodes. All changes are made under the lock of all writers. */
public final class Nodes {
    static final int MOST = 1 << CallId.NODE_BITS;

    private static final int FREE = 0;
    private static final int GONE = 2;

    private static final String TAKE =
            """
            UPDATE nodes SET incarnation = ?, state = 1, label = ?, version = ?, zone = ?,
                settings = ?, prices = ?, started_ms = ?, heartbeat_ms = ?, skew_ms = ?
            WHERE number = ? AND state = 0
            """;

    private static final String ADD =
            """
            INSERT INTO nodes (incarnation, state, label, version, zone, settings, prices,
                started_ms, heartbeat_ms, skew_ms, number)
            VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String BEAT =
            """
            UPDATE nodes SET heartbeat_ms = ?, skew_ms = ?, prices = ?
            WHERE number = ? AND incarnation = ? AND state = 1
            """;

    private static final String MOVE =
            "UPDATE nodes SET state = ? WHERE number = ? AND incarnation = ? AND state = ?";

    /**
     * Adds dead nodes for held calls of unknown nodes: of an older version, or of a copied
     * database.
     */
    private static final String ADD_UNKNOWN =
            """
            INSERT INTO nodes (number, incarnation, state, label, version, zone, settings, prices,
                started_ms, heartbeat_ms, skew_ms)
            SELECT DISTINCT node, 0, 2, '', '', '', '', '', 0, 0, 0 FROM calls
            WHERE state = 0 AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.number = calls.node)
            """;

    private static final String LEFT =
            """
            SELECT COUNT(*) FROM calls WHERE state = 0 AND node = ?
                AND NOT EXISTS (SELECT 1 FROM deferred d WHERE d.call_id = calls.id)
            """;

    private static final String ALL =
            """
            SELECT n.*, (SELECT COUNT(*) FROM calls c WHERE c.state = 0 AND c.node = n.number)
                AS held
            FROM nodes n WHERE n.state <> 0 ORDER BY n.number
            """;

    private Nodes() {}

    /** A node in the table. */
    record Entry(NodeId nodeId, String label) {
        static Entry read(ResultSet row) throws SQLException {
            return new Entry(
                    new NodeId(row.getInt("number"), row.getLong("incarnation")),
                    row.getString("label"));
        }
    }

    /** The row of a node that joins. */
    record Arrival(long incarnation, String label, String zone, NodeDescription nodeDescription) {}

    /**
     * Takes the lowest free number.
     *
     * @throws StoreException when there is none
     */
    static NodeId take(Tx tx, Arrival who, long now, Duration skew) throws SQLException {
        Map<Integer, Integer> states = new HashMap<>();
        tx.each("SELECT number, state FROM nodes", row -> states.put(row.getInt(1), row.getInt(2)));
        int number = 0;
        while (states.getOrDefault(number, FREE) != FREE) {
            number++;
        }
        if (number >= MOST) {
            throw StoreException.undone("all " + MOST + " numbers of nodes are taken");
        }
        int taken =
                tx.update(
                        states.containsKey(number) ? TAKE : ADD,
                        who.incarnation(),
                        ColumnLimits.cut(who.label(), ColumnLimits.LABEL),
                        ColumnLimits.cut(who.nodeDescription().version(), ColumnLimits.VERSION),
                        who.zone(),
                        who.nodeDescription().settings(),
                        ColumnLimits.cut(
                                who.nodeDescription().prices().get(), ColumnLimits.VERSION),
                        now,
                        now,
                        skew.toMillis(),
                        number);
        if (taken == 0) {
            throw new IllegalStateException("node " + number + " was free under the lock");
        }
        return new NodeId(number, who.incarnation());
    }

    /** The last heartbeat of a node; empty when it has been declared dead. */
    static Optional<Long> lastBeat(Tx tx, NodeId nodeId) throws SQLException {
        return tx.first(
                "SELECT heartbeat_ms" + NodeId.IF_ALIVE,
                row -> row.getLong(1),
                nodeId.number(),
                nodeId.incarnation());
    }

    /** A heartbeat, by the database's clock. */
    record Sign(long now, Duration skew, String prices) {}

    static void beat(Tx tx, NodeId nodeId, Sign sign) throws SQLException {
        tx.update(
                BEAT,
                sign.now(),
                sign.skew().toMillis(),
                ColumnLimits.cut(sign.prices(), ColumnLimits.VERSION),
                nodeId.number(),
                nodeId.incarnation());
    }

    /** Marks the nodes dead that have sent no heartbeat since a moment. */
    static List<Entry> markSilentDead(Tx tx, long silentSince) throws SQLException {
        List<Entry> silent =
                tx.list(
                        "SELECT * FROM nodes WHERE state = 1 AND heartbeat_ms < ?",
                        Entry::read,
                        silentSince);
        for (Entry entry : silent) {
            tx.update(MOVE, GONE, entry.nodeId().number(), entry.nodeId().incarnation(), 1);
        }
        return silent;
    }

    /** Marks every live node dead; the caller must have the database to itself. */
    static void markAllDead(Tx tx) throws SQLException {
        tx.update("UPDATE nodes SET state = 2 WHERE state = 1");
    }

    /** Marks one node dead. */
    static void markDead(Tx tx, long incarnation) throws SQLException {
        tx.update("UPDATE nodes SET state = 2 WHERE state = 1 AND incarnation = ?", incarnation);
    }

    static void addUnknown(Tx tx) throws SQLException {
        tx.update(ADD_UNKNOWN);
    }

    /** A dead node whose calls have yet to be ended. */
    static Optional<NodeId> gone(Tx tx) throws SQLException {
        return tx.first(
                        "SELECT * FROM nodes WHERE state = 2 ORDER BY number LIMIT ?",
                        Entry::read,
                        1)
                .map(Entry::nodeId);
    }

    /** Frees the number of a dead node. */
    static void free(Tx tx, NodeId nodeId) throws SQLException {
        tx.update(MOVE, FREE, nodeId.number(), nodeId.incarnation(), GONE);
    }

    /** Gives the caller's own number back; calls that have not ended are left to the others. */
    static void leave(Tx tx, NodeId nodeId) throws SQLException {
        int state = tx.number(LEFT, nodeId.number()) == 0 ? FREE : GONE;
        tx.update(MOVE, state, nodeId.number(), nodeId.incarnation(), 1);
    }

    /** The time zone and label of a live node with another time zone. */
    static Optional<String> otherZone(Tx tx, String zone, long aliveSince) throws SQLException {
        return tx.first(
                """
                SELECT zone, label FROM nodes
                WHERE state = 1 AND heartbeat_ms >= ? AND zone <> ? ORDER BY number
                """,
                row -> row.getString(1) + " on " + row.getString(2),
                aliveSince,
                zone);
    }

    /** A node that has sent a heartbeat since a moment. */
    public static Optional<String> alive(Tx tx, long since) throws SQLException {
        return tx.first(
                "SELECT label FROM nodes WHERE state = 1 AND heartbeat_ms >= ? ORDER BY number",
                row -> row.getString(1),
                since);
    }

    public static List<Node> all(Tx tx) throws SQLException {
        return tx.list(ALL, Nodes::read);
    }

    private static Node read(ResultSet row) throws SQLException {
        return new Node(
                row.getInt("number"),
                row.getString("label"),
                row.getString("version"),
                row.getString("settings"),
                row.getString("prices"),
                Instant.ofEpochMilli(row.getLong("started_ms")),
                Instant.ofEpochMilli(row.getLong("heartbeat_ms")),
                Duration.ofMillis(row.getLong("skew_ms")),
                row.getLong("held"),
                row.getInt("state") == 1);
    }
}
