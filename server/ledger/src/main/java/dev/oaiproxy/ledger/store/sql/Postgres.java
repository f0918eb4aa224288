package dev.oaiproxy.ledger.store.sql;

import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, and what speaks its protocol and means the same. */
public final class Postgres implements Dialect {
    static final Postgres DIALECT = new Postgres();

    private Postgres() {}

    @Override
    public String label() {
        return "postgresql";
    }

    @Override
    public String driver() {
        return "org.postgresql.Driver";
    }

    @Override
    public Map<String, String> placeholders() {
        return Map.of(
                "id", "BIGINT",
                "blob", "BYTEA",
                "table", "",
                "clustered", "",
                "on_calls", "",
                "where_open", "WHERE state = 0",
                "where_adjusts", "WHERE adjusts <> 0",
                "check_integers", "");
    }

    @Override
    public boolean sendsTogether() {
        return true;
    }

    @Override
    public boolean merges() {
        return true;
    }

    @Override
    public String now() {
        return "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    }

    /** Decides by the class of the SQLSTATE, except for states that mean something else. */
    @Override
    public ErrorScope errorScope(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return switch (state) {
            // Serialization, deadlock, lock timeout; and a plan that a migration made stale.
            case "40001", "40P01", "55P03", "0A000" -> ErrorScope.TRANSIENT;
            // An operator can grant a missing right: waiting writes must be kept.
            case "42501" -> ErrorScope.FATAL;
            default ->
                    switch (state.isEmpty() ? "" : state.substring(0, 2)) {
                        case "21", "22", "23", "42", "44", "54" -> ErrorScope.STATEMENT;
                        default -> ErrorScope.FATAL;
                    };
        };
    }

    @Override
    public ConnectError complaint(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e.getSQLState() == null ? "" : e.getSQLState()) {
            case "28000", "28P01" ->
                    message.contains("no encryption")
                            ? ConnectError.NO_ENCRYPTION
                            : ConnectError.WRONG_LOGIN;
            case "3D000" -> ConnectError.NO_DATABASE;
            case "42501" -> ConnectError.NO_RIGHT;
            case "53300" -> ConnectError.FULL;
            case "25006" -> ConnectError.READ_ONLY;
            case "XX001", "XX002" -> ConnectError.DAMAGED;
            default ->
                    message.contains("does not support SSL") || message.contains("hostname")
                            ? ConnectError.BAD_ENCRYPTION
                            : ConnectError.OTHER;
        };
    }

    @Override
    public String creation(String name, String user) {
        return "CREATE DATABASE \"%s\" OWNER \"%s\" ENCODING 'UTF8' TEMPLATE template0;"
                .formatted(name, user);
    }

    @Override
    public @Nullable String objection(Tx tx) throws SQLException {
        String encoding =
                tx.first("SHOW server_encoding", row -> row.getString(1)).orElse("unknown");
        return encoding.equals("UTF8")
                ? null
                : "its encoding is " + encoding + ", which cannot hold every text";
    }

    @Override
    public String steadyIsolation() {
        return "TRANSACTION_REPEATABLE_READ";
    }

    /**
     * Forces index scans, since every written row is found by a key. For a table that is small, or
     * was when a statement was prepared, the planner would choose a sequential scan, and keep it
     * until the next ANALYZE.
     */
    @Override
    public String forWriting() {
        return "SET enable_seqscan = off";
    }

    @Override
    public int streamedRows() {
        return 1000;
    }

    @Override
    public String url(Database.Address address) {
        return "jdbc:postgresql://" + address.host() + "/" + address.encodedName();
    }

    @Override
    public Properties properties(Database.Terms terms) {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", Long.toString(Database.CONNECT.toSeconds()));
        properties.setProperty("socketTimeout", Long.toString(terms.silence().toSeconds()));
        // A stalled process must not keep the lock of all writers, hence the idle timeout.
        long wait = terms.lockWait().toMillis();
        properties.setProperty(
                "options",
                "-c lock_timeout=" + wait + " -c idle_in_transaction_session_timeout=" + wait);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "oaiproxy");
        switch (terms.encryption()) {
            case Database.Encryption.None _ -> properties.setProperty("sslmode", "disable");
            case Database.Encryption.Unchecked _ -> properties.setProperty("sslmode", "require");
            case Database.Encryption.Checked checked -> {
                properties.setProperty("sslmode", "verify-full");
                if (checked.authority() == null) {
                    properties.setProperty(
                            "sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
                } else {
                    properties.setProperty("sslrootcert", checked.authority().toString());
                }
            }
            case Database.Encryption.OfUrl _ -> {}
        }
        return properties;
    }

    @Override
    public String cipher() {
        return "SELECT version || ' ' || cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    }

    @Override
    public DatabaseVersion oldest(String version) {
        return new DatabaseVersion("PostgreSQL", 15, 0);
    }
}
