package dev.oaiproxy.ledger.store.sql;

import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/** MySQL and MariaDB, both through MySQL's driver. */
public final class MySql implements Dialect {
    static final MySql DIALECT = new MySql();

    /** Columns whose names are words of its own grammar: {@code PARALLEL} since MySQL 8.4. */
    private static final Pattern RESERVED = Pattern.compile("\\b(lines|parallel)\\b");

    private static final String TABLE = "ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

    private static final int DEADLOCK = 1213;
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int ACCESS_DENIED_TO_DATABASE = 1044;
    private static final int ACCESS_DENIED = 1045;
    private static final int UNKNOWN_DATABASE = 1049;
    private static final int TOO_MANY_CONNECTIONS = 1040;
    private static final int OPTION_PREVENTS = 1290;
    private static final int READ_ONLY_TRANSACTION = 1792;
    private static final int READ_ONLY_MODE = 1836;
    private static final int TOO_MANY_USER_CONNECTIONS = 1203;
    private static final int USER_LIMIT_REACHED = 1226;
    private static final int TABLE_ACCESS_DENIED = 1142;
    private static final int COLUMN_ACCESS_DENIED = 1143;
    private static final int INCORRECT_STRING = 1366;
    private static final int ACCESS_DENIED_FOR_PLUGIN = 1698;
    private static final int SECURE_TRANSPORT_REQUIRED = 3159;
    private static final int CHECK_VIOLATED = 3819;

    private MySql() {}

    @Override
    public String label() {
        return "mysql";
    }

    @Override
    public String driver() {
        return "com.mysql.cj.jdbc.Driver";
    }

    /** The server's own character set may be anything, and compares without regard to case. */
    @Override
    public Map<String, String> placeholders() {
        return Map.of(
                "id", "BIGINT",
                "blob", "LONGBLOB",
                "table", TABLE,
                "clustered", TABLE,
                "on_calls", " ON calls",
                "where_open", "",
                "where_adjusts", "",
                "check_integers", "");
    }

    @Override
    public String translate(String sql) {
        return RESERVED.matcher(sql).replaceAll("`$1`");
    }

    @Override
    public String now() {
        return "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000";
    }

    @Override
    public ErrorScope errorScope(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return switch (e.getErrorCode()) {
            case DEADLOCK, LOCK_WAIT_TIMEOUT -> ErrorScope.TRANSIENT;
            case INCORRECT_STRING, CHECK_VIOLATED -> ErrorScope.STATEMENT;
            // An operator can grant a missing right, and an hourly limit passes: waiting writes
            // must be kept.
            case TOO_MANY_USER_CONNECTIONS,
                    USER_LIMIT_REACHED,
                    ACCESS_DENIED_TO_DATABASE,
                    ACCESS_DENIED,
                    TABLE_ACCESS_DENIED,
                    COLUMN_ACCESS_DENIED ->
                    ErrorScope.FATAL;
            default ->
                    switch (state.isEmpty() ? "" : state.substring(0, 2)) {
                        case "21", "22", "23", "42" -> ErrorScope.STATEMENT;
                        default -> ErrorScope.FATAL;
                    };
        };
    }

    @Override
    public ConnectError complaint(SQLException e) {
        return switch (e.getErrorCode()) {
            case ACCESS_DENIED, ACCESS_DENIED_FOR_PLUGIN -> ConnectError.WRONG_LOGIN;
            // Users without rights get the same errors whether or not the database exists.
            case UNKNOWN_DATABASE, ACCESS_DENIED_TO_DATABASE -> ConnectError.NO_DATABASE;
            case TABLE_ACCESS_DENIED, COLUMN_ACCESS_DENIED -> ConnectError.NO_RIGHT;
            case SECURE_TRANSPORT_REQUIRED -> ConnectError.NO_ENCRYPTION;
            case TOO_MANY_CONNECTIONS -> ConnectError.FULL;
            case OPTION_PREVENTS, READ_ONLY_TRANSACTION, READ_ONLY_MODE -> ConnectError.READ_ONLY;
            default ->
                    String.valueOf(e.getMessage()).contains("SSL")
                            ? ConnectError.BAD_ENCRYPTION
                            : ConnectError.OTHER;
        };
    }

    @Override
    public String creation(String name, String user) {
        return ("CREATE DATABASE `%s` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;"
                        + " GRANT ALL ON `%s`.* TO '%s'@'%%';")
                .formatted(name, name, user);
    }

    @Override
    public String steadyIsolation() {
        return "TRANSACTION_REPEATABLE_READ";
    }

    /**
     * MariaDB reads the first comment, MySQL the second: it cannot tell a transaction in which
     * nothing is done from a connection without one.
     */
    @Override
    public String forWriting() {
        return "SET /*M!100303 SESSION idle_transaction_timeout = 3, */"
                + " /*!80000 SESSION wait_timeout = 5, */ SESSION lock_wait_timeout = 60";
    }

    /** The value by which the driver streams rows one by one. */
    @Override
    public int streamedRows() {
        return Integer.MIN_VALUE;
    }

    @Override
    public String url(Database.Address address) {
        return "jdbc:mysql://" + address.host() + "/" + address.encodedName();
    }

    @Override
    public Properties properties(Database.Terms terms) {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", Long.toString(Database.CONNECT.toMillis()));
        properties.setProperty("socketTimeout", Long.toString(terms.silence().toMillis()));
        properties.setProperty("characterEncoding", "UTF-8");
        properties.setProperty("cachePrepStmts", "true");
        properties.setProperty("prepStmtCacheSqlLimit", "4096");
        properties.setProperty("useServerPrepStmts", "true");
        properties.setProperty("rewriteBatchedStatements", "true");
        // The driver need not ask for settings that it has made itself.
        properties.setProperty("useLocalSessionState", "true");
        properties.setProperty("cacheServerConfiguration", "true");
        // A value that does not fit is an error, whatever the server's SQL mode.
        properties.setProperty(
                "sessionVariables",
                "sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',innodb_lock_wait_timeout="
                        + terms.lockWait().toSeconds());
        switch (terms.encryption()) {
            case Database.Encryption.None _ -> {
                properties.setProperty("sslMode", "DISABLED");
                // The newer authentication plugins encrypt the password on an unencrypted
                // connection.
                properties.setProperty("allowPublicKeyRetrieval", "true");
            }
            case Database.Encryption.Unchecked _ -> properties.setProperty("sslMode", "REQUIRED");
            case Database.Encryption.Checked checked -> {
                properties.setProperty("sslMode", "VERIFY_IDENTITY");
                if (checked.authority() != null) {
                    TrustStore store = TrustStore.of(checked.authority());
                    properties.setProperty(
                            "trustCertificateKeyStoreUrl", store.path().toUri().toString());
                    properties.setProperty("trustCertificateKeyStoreType", TrustStore.TYPE);
                    properties.setProperty("trustCertificateKeyStorePassword", TrustStore.PASSWORD);
                }
            }
            case Database.Encryption.OfUrl _ -> {}
        }
        return properties;
    }

    @Override
    public String cipher() {
        return "SHOW SESSION STATUS LIKE 'Ssl_cipher'";
    }

    @Override
    public DatabaseVersion oldest(String version) {
        return version.contains("MariaDB")
                ? new DatabaseVersion("MariaDB", 10, 11)
                : new DatabaseVersion("MySQL", 8, 0);
    }
}
