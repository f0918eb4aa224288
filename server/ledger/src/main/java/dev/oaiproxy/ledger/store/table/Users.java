package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Scope;
import dev.oaiproxy.ledger.ledger.GroupSettings;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.AccountWriter;
import java.sql.SQLException;

/** The users, within a transaction. */
record Users(Tx tx, AccountWriter accounts) {
    private static final String INSERT =
            "INSERT INTO users (id, name, created_ms) VALUES (?, ?, ?)";

    /** The number of a user, 0 for none. */
    long find(String name) throws SQLException {
        return tx.number("SELECT id FROM users WHERE name = ?", name);
    }

    /** The number of a user, who is made when new. */
    long make(String name) throws SQLException {
        long known = find(name);
        if (known != 0) {
            return known;
        }
        GroupSettings.requireName("a user's name", name);
        long id = AccountWriter.nextId(tx);
        accounts.open(tx, id, Scope.user(name), AccountLimits.NONE);
        tx.update(INSERT, id, name, accounts.clock().millis());
        return id;
    }
}
