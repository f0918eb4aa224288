package dev.oaiproxy.server.store;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Microsoft SQL Server, 2019 or newer. */
final class SqlServer implements Dialect {
    static final SqlServer DIALECT = new SqlServer();

    private static final String COLLATION = "Latin1_General_100_BIN2_UTF8";
    private static final int LONGEST_VARCHAR = 8000;

    /** In UTF-8 a length is one of bytes; a character outside of ASCII has up to four. */
    private static final int BYTES_PER_CHARACTER = 4;

    private static final Pattern LIMIT = Pattern.compile("\\bLIMIT \\?");
    private static final Pattern VARCHAR = Pattern.compile("\\bVARCHAR\\((\\d+)\\)");

    /** Deadlock, lock timeout, and a snapshot that is out of date. */
    private static final Set<Integer> PASSING = Set.of(1205, 1222, 3960);

    /**
     * Syntax, names that there are not, and values that do not fit or are there already; 2601 and
     * 2627 are the unique index and the unique constraint.
     */
    private static final Set<Integer> OWN =
            Set.of(
                    102, 156, 207, 208, 213, 220, 232, 241, 245, 248, 512, 515, 547, 2601, 2627,
                    2628, 8114, 8115, 8134, 8152);

    private static final int LOGIN_FAILED = 18456;
    private static final int CANNOT_OPEN_DATABASE = 4060;
    private static final List<Integer> DENIED = List.of(229, 230, 262);

    private static final String TERMS =
            """
            SELECT CASE WHEN is_read_committed_snapshot_on = 1 AND snapshot_isolation_state = 1
                    AND collation_name = 'Latin1_General_100_BIN2_UTF8' THEN 1 ELSE 0 END
            FROM sys.databases WHERE name = DB_NAME()
            """;

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
                "where_open", "WHERE state = 0",
                "where_adjusts", "WHERE adjusts <> 0",
                "check_integers", "");
    }

    @Override
    public String translate(String sql) {
        String paged = LIMIT.matcher(sql).replaceAll("OFFSET 0 ROWS FETCH NEXT ? ROWS ONLY");
        return VARCHAR.matcher(paged).replaceAll(SqlServer::inBytes);
    }

    private static String inBytes(MatchResult varchar) {
        int bytes = Integer.parseInt(varchar.group(1)) * BYTES_PER_CHARACTER;
        return "VARCHAR(" + Math.min(bytes, LONGEST_VARCHAR) + ")";
    }

    @Override
    public String claim() {
        return "SELECT id FROM accounts WITH (UPDLOCK, ROWLOCK) WHERE id = 1";
    }

    @Override
    public String now() {
        return "SELECT DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME())";
    }

    @Override
    public Fault fault(SQLException e) {
        return PASSING.contains(e.getErrorCode())
                ? Fault.PASSING
                : OWN.contains(e.getErrorCode()) ? Fault.OWN : Fault.LASTING;
    }

    @Override
    public Complaint complaint(SQLException e) {
        if (DENIED.contains(e.getErrorCode())) {
            return Complaint.NO_RIGHT;
        }
        return switch (e.getErrorCode()) {
            case LOGIN_FAILED -> Complaint.WRONG_LOGIN;
            case CANNOT_OPEN_DATABASE -> Complaint.NO_DATABASE;
            default ->
                    String.valueOf(e.getMessage()).matches("(?s).*\\b(SSL|TLS|[Ee]ncrypt).*")
                            ? Complaint.BAD_ENCRYPTION
                            : Complaint.OTHER;
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
                        + ", READ_COMMITTED_SNAPSHOT and ALLOW_SNAPSHOT_ISOLATION; make it with: "
                        + creation("NAME", "USER");
    }

    @Override
    public String isolation() {
        return "TRANSACTION_READ_COMMITTED";
    }

    /** Snapshot, which JDBC has no name for. */
    @Override
    public String steadyIsolation() {
        return "4096";
    }

    @Override
    public int readers() {
        return 8;
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

    /** That of 2019. */
    @Override
    public Release oldest(String version) {
        return new Release("Microsoft SQL Server", 15, 0);
    }
}
