package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.ledger.store.sql.ConnectionProblem;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.nio.file.Path;
import java.sql.SQLException;

/** Connects to a database once, before anything depends on it. */
public final class ConnectionCheck {
    private ConnectionCheck() {}

    /**
     * Requires that the database takes a connection and is fit for a ledger.
     *
     * @throws StoreException otherwise; the message says why and what to do
     */
    public static void require(Database database) {
        try (Tx tx = Tx.alone(database, Database.CONNECT.multipliedBy(2))) {
            String objection = database.dialect().objection(tx);
            if (objection != null) {
                String name = database.address().name();
                throw StoreException.undone(
                        "the database " + name + " cannot be used: " + objection);
            }
            Path file = database.file().orElse(null);
            if (file != null) {
                DatabaseFile.refuse(DatabaseFile.damage(tx, file));
            }
        } catch (SQLException e) {
            throw StoreException.undone(ConnectionProblem.text(e, database), e);
        }
    }
}
