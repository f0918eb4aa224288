package dev.oaiproxy.ledger.store.sql;

import dev.oaiproxy.base.alarm.Alarms;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Microsoft SQL Server, 2019 or newer. */
public final class SqlServer implements Dialect {
    public static final SqlServer DIALECT = new SqlServer();

    private static final String COLLATION = "Latin1_General_100_BIN2_UTF8";
    private static final int LONGEST_VARCHAR = 8000;

    /**
     * With a UTF-8 collation, lengths are in bytes; a character outside of ASCII has up to four.
     */
    private static final int BYTES_PER_CHARACTER = 4;

    private static final Pattern LIMIT = Pattern.compile("\\bLIMIT \\?");
    private static final Pattern VARCHAR = Pattern.compile("\\bVARCHAR\\((\\d+)\\)");

    /** Keys that are too long for a clustered index (900 bytes), but not for another one (1700). */
    private static final Pattern LONG_KEY =
            Pattern.compile("\\bPRIMARY KEY (?=\\([^)]*\\bmodel\\b)");

    /**
     * The required database options. Delayed durability would lose committed charges in a crash.
     */
    private static final String TERMS =
            """
            SELECT CASE WHEN is_read_committed_snapshot_on = 1 AND snapshot_isolation_state = 1
                    AND UPPER(collation_name) = 'LATIN1_GENERAL_100_BIN2_UTF8'
                    AND delayed_durability <> 2 THEN 1 ELSE 0 END
            FROM sys.databases WHERE database_id = DB_ID()
            """;

    /** The sessions of processes that have stalled in the middle of a transaction. */
    private static final String STALLED =
            """
            SELECT session_id FROM sys.dm_exec_sessions
            WHERE database_id = DB_ID() AND program_name = 'oaiproxy' AND session_id <> @@SPID
                AND status IN ('sleeping', 'idle in transaction') AND open_transaction_count > 0
                AND DATEDIFF(MILLISECOND, last_request_end_time, GETDATE()) > ?
            """;

    private static final Duration STALL = Duration.ofSeconds(2);
    private static final Logger LOG = System.getLogger(SqlServer.class.getName());

    private SqlServer() {}

    @Override
    public String label() {
        return "mssql";
    }

    @Override
    public String driver() {
        return "com.microsoft.sqlserver.jdbc.SQLServerDriver";
    }

    @Override
    public Map<String, String> placeholders() {
        return Map.of(
                "id", "BIGINT",
                "blob", "VARBINARY(MAX)",
                "table", "",
                "clustered", "",
                "on_calls", " ON calls",
                "where_open", "WHERE state = 0",
                "where_adjusts", "WHERE adjusts <> 0",
                "check_integers", "");
    }

    @Override
    public String translate(String sql) {
        String paged = LIMIT.matcher(sql).replaceAll("OFFSET 0 ROWS FETCH NEXT ? ROWS ONLY");
        String keyed = LONG_KEY.matcher(paged).replaceAll("PRIMARY KEY NONCLUSTERED ");
        return VARCHAR.matcher(keyed).replaceAll(SqlServer::inBytes);
    }

    private static String inBytes(MatchResult varchar) {
        int bytes = Integer.parseInt(varchar.group(1)) * BYTES_PER_CHARACTER;
        return "VARCHAR(" + Math.min(bytes, LONGEST_VARCHAR) + ")";
    }

    /** An update instead of a lock hint, which compatible servers ignore. */
    @Override
    public String claim() {
        return "UPDATE accounts SET active = active WHERE id = 1";
    }

    /**
     * This server has no time-out for an idle transaction. A login that may end other sessions does
     * so; without that right, all wait for the stalled process, or for an operator.
     */
    @Override
    public void unblock(Database database) {
        try (Tx tx = Tx.alone(database, Database.CONNECT.multipliedBy(2))) {
            for (int session : tx.list(STALLED, row -> row.getInt(1), STALL.toMillis())) {
                Alarms.raise(
                        LOG,
                        "node_stalled",
                        "session={0}: it stood still while it held the lock, and is ended",
                        Integer.toString(session));
                tx.execute("KILL " + session);
            }
        } catch (SQLException e) {
            LOG.log(Level.WARNING, "event=session_not_ended cause={0}", e.toString());
        }
    }

    @Override
    public String now() {
        return "SELECT DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME())";
    }

    @Override
    public ErrorScope errorScope(SQLException e) {
        return switch (e.getErrorCode()) {
            // Deadlock, lock timeout, a snapshot that is out of date, and tables changed beside it.
            case 1205, 1222, 3960, 3961 -> ErrorScope.TRANSIENT;
            // Syntax, unknown names, and values that do not fit or exist already; 2601 and 2627 are
            // the unique index and the unique constraint.
            case 102,
                    156,
                    207,
                    208,
                    213,
                    220,
                    232,
                    241,
                    245,
                    248,
                    512,
                    515,
                    547,
                    2601,
                    2627,
                    2628,
                    8114,
                    8115,
                    8134,
                    8152 ->
                    ErrorScope.STATEMENT;
            default -> ErrorScope.FATAL;
        };
    }

    @Override
    public ConnectError complaint(SQLException e) {
        return switch (e.getErrorCode()) {
            case 229, 230, 262, 1088, 2760 -> ConnectError.NO_RIGHT;
            // Unknown or with another password; disabled, locked, or with a password to be changed.
            case 18450, 18452, 18456, 18470, 18486, 18487, 18488 -> ConnectError.WRONG_LOGIN;
            // The database does not exist, or not for this user.
            case 911, 916, 4060, 4063, 4064 -> ConnectError.NO_DATABASE;
            // Too many connections.
            case 17809 -> ConnectError.FULL;
            case 3906 -> ConnectError.READ_ONLY;
            default ->
                    String.valueOf(e.getMessage()).matches("(?s).*\\b(SSL|TLS|[Ee]ncrypt).*")
                            ? ConnectError.BAD_ENCRYPTION
                            : "08S01".equals(e.getSQLState())
                                    ? ConnectError.UNREACHABLE
                                    : ConnectError.OTHER;
        };
    }

    @Override
    public String creation(String name, String user) {
        return ("CREATE DATABASE [%s] COLLATE %s; ALTER DATABASE [%s] SET READ_COMMITTED_SNAPSHOT"
                        + " ON; ALTER DATABASE [%s] SET ALLOW_SNAPSHOT_ISOLATION ON; and in it:"
                        + " CREATE USER [%s] FOR LOGIN [%s]; ALTER ROLE db_owner ADD MEMBER [%s];")
                .formatted(name, COLLATION, name, name, user, user, user);
    }

    @Override
    public @Nullable String objection(Tx tx) throws SQLException {
        return tx.number(TERMS) == 1
                ? null
                : "it needs the collation "
                        + COLLATION
                        + ", READ_COMMITTED_SNAPSHOT, ALLOW_SNAPSHOT_ISOLATION, and no forced"
                        + " DELAYED_DURABILITY; make it with: "
                        + creation("NAME", "USER");
    }

    /** Snapshot isolation, which has no constant in JDBC. */
    @Override
    public String steadyIsolation() {
        return "4096";
    }

    /**
     * Overrides the server's settings: an error undoes its statement and nothing more, and each
     * statement tells how many rows it has changed.
     */
    @Override
    public String forWriting() {
        return "SET XACT_ABORT OFF; SET NOCOUNT OFF";
    }

    @Override
    public int streamedRows() {
        return 0;
    }

    @Override
    public boolean releasesSavepoints() {
        return false;
    }

    @Override
    public String url(Database.Address address) {
        return "jdbc:sqlserver://" + address.host() + ";databaseName={" + address.name() + "}";
    }

    @Override
    public Properties properties(Database.Terms terms) {
        Properties properties = new Properties();
        properties.setProperty("loginTimeout", Long.toString(Database.CONNECT.toSeconds()));
        properties.setProperty("socketTimeout", Long.toString(terms.silence().toMillis()));
        properties.setProperty("lockTimeout", Long.toString(terms.lockWait().toMillis()));
        properties.setProperty("applicationName", "oaiproxy");
        // The store handles a dead connection itself.
        properties.setProperty("connectRetryCount", "0");
        // Keys are VARCHAR: compared with a parameter of another type, no index would be used.
        properties.setProperty("sendStringParametersAsUnicode", "false");
        switch (terms.encryption()) {
            case Database.Encryption.None _ -> properties.setProperty("encrypt", "false");
            case Database.Encryption.Unchecked _ -> {
                properties.setProperty("encrypt", "true");
                properties.setProperty("trustServerCertificate", "true");
            }
            case Database.Encryption.Checked checked -> {
                properties.setProperty("encrypt", "true");
                properties.setProperty("trustServerCertificate", "false");
                if (checked.authority() != null) {
                    TrustStore store = TrustStore.of(checked.authority());
                    properties.setProperty("trustStore", store.path().toString());
                    properties.setProperty("trustStoreType", TrustStore.TYPE);
                    properties.setProperty("trustStorePassword", TrustStore.PASSWORD);
                }
            }
            case Database.Encryption.OfUrl _ -> {}
        }
        return properties;
    }

    @Override
    public String cipher() {
        return "SELECT CASE encrypt_option WHEN 'TRUE' THEN 'TLS' ELSE '' END"
                + " FROM sys.dm_exec_connections WHERE session_id = @@SPID";
    }

    /** SQL Server 2019. */
    @Override
    public DatabaseVersion oldest(String version) {
        return new DatabaseVersion("Microsoft SQL Server", 15, 0);
    }
}
