package dev.oaiproxy.ledger.store.copy;

import dev.oaiproxy.ledger.store.connection.ConnectionCheck;
import dev.oaiproxy.ledger.store.connection.ConnectionPools;
import dev.oaiproxy.ledger.store.connection.InstanceLock;
import dev.oaiproxy.ledger.store.connection.Migrations;
import dev.oaiproxy.ledger.store.node.HeartbeatSettings;
import dev.oaiproxy.ledger.store.node.Nodes;
import dev.oaiproxy.ledger.store.report.Audit;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Copies all rows of a database into an empty one of any kind. Nobody may use either meanwhile.
 *
 * <p>The accounts are copied last, in one transaction. A database with rows and without accounts is
 * thus an unfinished copy: no server starts on it, and the next copy begins anew.
 */
public record DatabaseCopy(Database from, Database to, ZoneId zone, Watcher watcher) {
    static final String ACCOUNTS = "accounts";

    /** All tables to copy, with the accounts at the end. The nodes of a database are not copied. */
    static final List<String> TABLES =
            List.of(
                    "users",
                    "api_keys",
                    "user_groups",
                    "group_members",
                    "usage_by_day",
                    "usage_by_hour",
                    "bodies",
                    "admin_events",
                    "objects",
                    "deferred",
                    "accruals",
                    "horizon",
                    "calls",
                    "carryovers",
                    ACCOUNTS);

    private static final int ROWS_TOGETHER = 500;

    /** Receives the progress. */
    public interface Watcher {
        void see(String table, long rows, long all);
    }

    /**
     * Copies, and proves the copy.
     *
     * @return what the books of both say
     * @throws StoreException when it cannot be done; the message says why and what to do
     */
    public Audit.Report run() {
        if (from.toString().equals(to.toString())) {
            throw StoreException.undone(
                    "both installations name " + from + "; a copy needs a database of its own");
        }
        if (!from.file().map(Files::exists).orElse(true)) {
            throw StoreException.undone("there is no " + from);
        }
        try (InstanceLock _ = InstanceLock.of(from);
                InstanceLock _ = InstanceLock.of(to)) {
            prepare(from);
            prepare(to);
            transfer();
            return proof();
        } catch (SQLException e) {
            throw StoreException.undone("the copy failed: " + e.getMessage(), e);
        }
    }

    private static void prepare(Database database) throws SQLException {
        ConnectionCheck.require(database);
        new Migrations(database).run();
        if (database.file().isEmpty()) {
            refuseUsed(database);
        }
    }

    /** Refuses a database that a server uses. The comparison finds a server that starts later. */
    private static void refuseUsed(Database database) throws SQLException {
        try (Tx tx = Tx.alone(database, ConnectionPools.LONG_SILENCE)) {
            long since = tx.number(database.dialect().now()) - HeartbeatSettings.DEATH.toMillis();
            Optional<String> user = Nodes.alive(tx, since);
            if (user.isPresent()) {
                throw StoreException.undone(
                        "another oaiproxy server uses "
                                + database
                                + ", as "
                                + user.get()
                                + "; stop it, or, if it was killed, wait half a minute");
            }
        }
    }

    private void transfer() throws SQLException {
        try (Tx source = Tx.alone(from, ConnectionPools.LONG_SILENCE);
                Tx target = Tx.alone(to, ConnectionPools.LONG_SILENCE)) {
            source.begin();
            target.begin();
            if (source.number("SELECT COUNT(*) FROM accounts") == 0) {
                throw StoreException.undone(from + " holds no installation");
            }
            empty(target);
            for (String table : TABLES) {
                table(source, target, table);
            }
        }
    }

    /** Empties the target, unless it holds an installation. */
    private void empty(Tx target) throws SQLException {
        if (target.number("SELECT COUNT(*) FROM accounts") > 0) {
            throw StoreException.undone(
                    to + " holds an installation already; a copy needs an empty database");
        }
        for (String table : TABLES) {
            target.update("DELETE FROM " + table);
        }
        target.commit();
    }

    private void table(Tx source, Tx target, String table) throws SQLException {
        long all = source.number("SELECT COUNT(*) FROM " + table);
        TableCopy copy = new TableCopy(source, table);
        // The accounts go in one piece: with them the copy is an installation.
        int together = table.equals(ACCOUNTS) ? Integer.MAX_VALUE : ROWS_TOGETHER;
        RowDigest given = new RowDigest();
        List<Object[]> waiting = new ArrayList<>();
        copy.each(
                source,
                row -> {
                    given.add(row);
                    waiting.add(row);
                    if (waiting.size() >= together) {
                        copy.insert(target, waiting);
                        target.commit();
                        watcher.see(table, given.rows(), all);
                    }
                });
        copy.insert(target, waiting);
        RowDigest taken = new RowDigest();
        copy.each(target, taken::add);
        if (!taken.equals(given)) {
            throw StoreException.undone("the rows of " + table + " differ in the copy: " + taken);
        }
        target.commit();
        watcher.see(table, given.rows(), all);
    }

    private Audit.Report proof() {
        Audit.Report before = Audit.of(from, zone);
        Audit.Report after = Audit.of(to, zone);
        if (!before.equals(after)) {
            throw StoreException.undone("the books differ: " + before + " and " + after);
        }
        return after;
    }
}
