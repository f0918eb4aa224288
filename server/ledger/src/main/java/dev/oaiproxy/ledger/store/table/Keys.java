package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.Scope;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.key.KeyId;
import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.DbQueries;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.AccountWriter;
import dev.oaiproxy.ledger.store.write.Writer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys and their users. */
public record Keys(Writer writer, ReaderThreads readerThreads, AccountWriter accounts) {
    private static final String SELECT =
            """
            SELECT k.id, k.public_id, k.hash, k.user_id, u.name, k.label, k.models, k.created_ms,
                ka.expires_ms, ka.active, ua.active AS user_active, k.group_id, k.member_id,
                g.name AS group_name, COALESCE(ga.active, 1) AS group_active,
                COALESCE(ma.active, 1) AS member_active
            FROM api_keys k JOIN users u ON u.id = k.user_id
                JOIN accounts ka ON ka.id = k.id JOIN accounts ua ON ua.id = k.user_id
                LEFT JOIN user_groups g ON g.id = k.group_id
                LEFT JOIN accounts ga ON ga.id = k.group_id
                LEFT JOIN accounts ma ON ma.id = k.member_id
            """;

    private static final String INSERT_KEY =
            """
            INSERT INTO api_keys (id, public_id, hash, user_id, group_id, member_id, label, models,
                created_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String REVOKE =
            "UPDATE accounts SET active = 0 WHERE scope = ? AND id = scope_id";

    private static final String EXPIRE = "UPDATE accounts SET expires_ms = ? WHERE id = ?";

    /** Makes a key, and its user if new. The secret is stored nowhere else. */
    public Secret create(KeySettings terms, Actor actor) {
        Secret secret = Secret.random();
        Instant now = accounts.clock().instant();
        writer.write(
                tx -> {
                    long user = new Users(tx, accounts).make(terms.user());
                    Key.Membership group = membership(tx, terms);
                    long id = AccountWriter.nextId(tx);
                    String scope = Scope.key(secret.id().text());
                    accounts.open(tx, id, scope, terms.limits());
                    Instant expiry = terms.expiresAt();
                    if (expiry != null) {
                        tx.update(EXPIRE, expiry.toEpochMilli(), id);
                    }
                    tx.update(
                            INSERT_KEY,
                            id,
                            secret.id().text(),
                            secret.hash(),
                            user,
                            group == null ? 0 : group.group(),
                            group == null ? 0 : group.member(),
                            terms.label(),
                            String.join(",", terms.models()),
                            now.toEpochMilli());
                    AdminEvents.add(
                            tx,
                            now,
                            actor,
                            new AdminEvents.Event("key.create", scope, "", terms.toString()));
                    return id;
                });
        return secret;
    }

    /** Finds a key by its public id, in its committed state of this moment. */
    public Optional<Key> find(KeyId id) {
        return readerThreads.read(
                tx -> tx.first(SELECT + " WHERE k.public_id = ?", Keys::read, id.text()));
    }

    /** All keys, the newest last; only those of one user when one is named. */
    public List<Key> list(@Nullable String user) {
        return user == null
                ? readerThreads.list(SELECT + " ORDER BY k.id", Keys::read)
                : readerThreads.list(SELECT + " WHERE u.name = ? ORDER BY k.id", Keys::read, user);
    }

    /** All keys of the user of that number, the newest first. */
    public List<Key> of(long user) {
        return readerThreads.list(
                SELECT + " WHERE k.user_id = ? ORDER BY k.id DESC", Keys::read, user);
    }

    /** A user, as lists show it. */
    public record User(String name, Instant createdAt, boolean active, long keys) {}

    /** All users, in the order of creation. */
    public List<User> users() {
        return readerThreads.query(
                """
                SELECT u.name, u.created_ms, a.active,
                    (SELECT COUNT(*) FROM api_keys k WHERE k.user_id = u.id)
                FROM users u JOIN accounts a ON a.id = u.id ORDER BY u.id
                """,
                row ->
                        new User(
                                row.column(1).getString(),
                                Instant.ofEpochMilli(DbQueries.number(row, 2)),
                                DbQueries.number(row, 3) == 1,
                                DbQueries.number(row, 4)));
    }

    /**
     * Switches a key off for good; its next call is refused.
     *
     * @return false when there is no such key
     */
    public boolean revoke(KeyId id, Actor actor) {
        return writer.write(
                tx -> {
                    String scope = Scope.key(id.text());
                    int found = tx.update(REVOKE, scope);
                    if (found > 0) {
                        AdminEvents.add(
                                tx,
                                accounts.clock().instant(),
                                actor,
                                new AdminEvents.Event("key.revoke", scope, "", "revoked"));
                    }
                    return found > 0;
                });
    }

    private Key.@Nullable Membership membership(Tx tx, KeySettings terms) throws SQLException {
        String group = terms.group();
        return group == null
                ? null
                : new Groups(writer, readerThreads, accounts).membership(tx, group, terms.user());
    }

    private static Key read(ResultSet row) throws SQLException {
        String label = row.getString("label");
        String models = row.getString("models");
        long expires = row.getLong("expires_ms");
        return new Key(
                new KeyId(row.getString("public_id")),
                row.getLong("id"),
                row.getString("hash"),
                row.getLong("user_id"),
                row.getString("name"),
                group(row),
                label.isEmpty() ? null : label,
                models.isEmpty() ? List.of() : List.of(models.split(",")),
                Instant.ofEpochMilli(row.getLong("created_ms")),
                expires == Account.NEVER ? null : Instant.ofEpochMilli(expires),
                isOff(row, "active", "user_active", "group_active", "member_active"));
    }

    private static Key.@Nullable Membership group(ResultSet row) throws SQLException {
        long group = row.getLong("group_id");
        return group == 0
                ? null
                : new Key.Membership(group, row.getString("group_name"), row.getLong("member_id"));
    }

    private static boolean isOff(ResultSet row, String... columns) throws SQLException {
        for (String column : columns) {
            if (row.getInt(column) == 0) {
                return true;
            }
        }
        return false;
    }
}
