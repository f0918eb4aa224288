package dev.oaiproxy.ledger.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * A server that speaks the protocol of SQL Server: Microsoft's, or Babelfish, whose databases need
 * no options. A query tells which one it is.
 */
enum SqlServerFlavour {
    MICROSOFT,
    BABELFISH;

    private static final String ASK =
            "SELECT CASE WHEN @@VERSION LIKE '%Babelfish%' THEN 'BABELFISH' ELSE 'MICROSOFT' END";

    static SqlServerFlavour of(String url) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement one = connection.createStatement();
                ResultSet row = one.executeQuery(ASK)) {
            row.next();
            return valueOf(row.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(ASK, e);
        }
    }

    /** The statement that makes a login, unless it exists. */
    String login(String name, String quoted) {
        return "IF NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = '%s')"
                        .formatted(name)
                + " CREATE LOGIN %s WITH PASSWORD = '%s'".formatted(name, quoted)
                + (this == MICROSOFT ? ", CHECK_POLICY = OFF" : "");
    }

    /** The statements that set the options of a new database. */
    List<String> terms(String database) {
        return this == MICROSOFT
                ? List.of(
                        "ALTER DATABASE " + database + " SET READ_COMMITTED_SNAPSHOT ON",
                        "ALTER DATABASE " + database + " SET ALLOW_SNAPSHOT_ISOLATION ON")
                : List.of();
    }

    /** The statements that let a login end the sessions of others. */
    List<String> rights(String login) {
        return this == MICROSOFT
                ? List.of("GRANT VIEW SERVER STATE, ALTER ANY CONNECTION TO " + login)
                : List.of("ALTER SERVER ROLE sysadmin ADD MEMBER " + login);
    }

    /** The statements that disconnect all others from a database. */
    List<String> alone(String database) {
        return this == MICROSOFT
                ? List.of("ALTER DATABASE " + database + " SET SINGLE_USER WITH ROLLBACK IMMEDIATE")
                : List.of();
    }
}
