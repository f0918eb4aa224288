package dev.oaiproxy.ledger.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * What answers as SQL Server: Microsoft's own, or Babelfish, which has nothing to set, since its
 * databases are always as ours must be. It says itself which one it is.
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

    /** What makes a login when it is not there, whatever its password. */
    String login(String name, String quoted) {
        return "IF NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = '%s')"
                        .formatted(name)
                + " CREATE LOGIN %s WITH PASSWORD = '%s'".formatted(name, quoted)
                + (this == MICROSOFT ? ", CHECK_POLICY = OFF" : "");
    }

    /** What makes a new database as ours must be. */
    List<String> terms(String database) {
        return this == MICROSOFT
                ? List.of(
                        "ALTER DATABASE " + database + " SET READ_COMMITTED_SNAPSHOT ON",
                        "ALTER DATABASE " + database + " SET ALLOW_SNAPSHOT_ISOLATION ON")
                : List.of();
    }

    /** What lets a login end the sessions of others. */
    List<String> rights(String login) {
        return this == MICROSOFT
                ? List.of("GRANT VIEW SERVER STATE, ALTER ANY CONNECTION TO " + login)
                : List.of("ALTER SERVER ROLE sysadmin ADD MEMBER " + login);
    }

    /** What makes everybody else leave a database. */
    List<String> alone(String database) {
        return this == MICROSOFT
                ? List.of("ALTER DATABASE " + database + " SET SINGLE_USER WITH ROLLBACK IMMEDIATE")
                : List.of();
    }
}
