package dev.oaiproxy.ledger.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.ledger.store.connection.Migrations;
import dev.oaiproxy.ledger.store.sql.Dialect;
import dev.oaiproxy.ledger.store.sql.ErrorScope;
import dev.oaiproxy.ledger.store.sql.SqlServer;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Parses the statements for SQL Server with H2, which knows a part of T-SQL: no proof, but it runs
 * everywhere.
 */
@Tag("fast")
final class SqlServerWordsTest {
    private static final Dialect DIALECT = SqlServer.DIALECT;

    private Connection h2;

    @BeforeEach
    void makeTables() throws Exception {
        h2 =
                DriverManager.getConnection(
                        "jdbc:h2:mem:;MODE=MSSQLServer;NON_KEYWORDS=DAY,HOUR,MINUTE");
        for (String file : Migrations.FILES) {
            execute(migration(file));
        }
    }

    @AfterEach
    void close() throws SQLException {
        h2.close();
    }

    /** H2 has no partial indexes, and no clustered keys. */
    private static String migration(String file) throws Exception {
        Map<String, String> placeholders = new HashMap<>(DIALECT.placeholders());
        placeholders.put("where_open", "");
        placeholders.put("where_adjusts", "");
        try (InputStream in =
                Migrations.class.getResourceAsStream(
                        "/dev/oaiproxy/ledger/store/migrations/" + file)) {
            String text = DIALECT.translate(new String(in.readAllBytes(), UTF_8));
            for (Map.Entry<String, String> one : placeholders.entrySet()) {
                text = text.replace("${" + one.getKey() + "}", one.getValue());
            }
            return text.replace("NONCLUSTERED ", "");
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = h2.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = h2.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }

    @Test
    void allTablesAreMade() throws Exception {
        assertThat(number("SELECT day FROM horizon WHERE id = 1")).isZero();
        assertThat(
                        number(
                                "SELECT COUNT(*) FROM information_schema.tables"
                                        + " WHERE table_schema = SCHEMA()"))
                .isEqualTo(16);
    }

    @Test
    void theFirstRowsAreAskedForInItsOwnWay() throws Exception {
        execute("INSERT INTO nodes SELECT 7, 1, 1, '', '', '', '', '', 0, 0, 0");
        String sql = "SELECT number FROM nodes WHERE state = 1 ORDER BY number LIMIT ?";
        assertThat(number(DIALECT.translate(sql).replace("?", "1"))).isEqualTo(7);
        assertThatThrownBy(() -> number(sql.replace("?", "1"))).isInstanceOf(SQLException.class);
    }

    @Test
    void theLockOfAllWritersIsAnUpdate() throws Exception {
        execute(DIALECT.claim());
    }

    @Test
    void lengthsAreOfBytesAndLongKeysApartFromTheirRows() {
        assertThat(DIALECT.translate("a VARCHAR(64), b VARCHAR(4000), c CHAR(64)"))
                .isEqualTo("a VARCHAR(256), b VARCHAR(8000), c CHAR(64)");
        assertThat(DIALECT.translate("PRIMARY KEY (day, model, operation)"))
                .isEqualTo("PRIMARY KEY NONCLUSTERED (day, model, operation)");
        assertThat(DIALECT.translate("PRIMARY KEY (hour, user_id)"))
                .isEqualTo("PRIMARY KEY (hour, user_id)");
    }

    @Test
    void anErrorIsSomebodysFault() {
        assertThat(DIALECT.errorScope(error(2601))).isEqualTo(ErrorScope.STATEMENT);
        assertThat(DIALECT.errorScope(error(2627))).isEqualTo(ErrorScope.STATEMENT);
        assertThat(DIALECT.errorScope(error(1205))).isEqualTo(ErrorScope.TRANSIENT);
        assertThat(DIALECT.errorScope(error(1222))).isEqualTo(ErrorScope.TRANSIENT);
        assertThat(DIALECT.errorScope(error(229)))
                .as("a missing right")
                .isEqualTo(ErrorScope.FATAL);
        assertThat(DIALECT.errorScope(error(9002))).as("a full log").isEqualTo(ErrorScope.FATAL);
        assertThat(DIALECT.errorScope(error(0)))
                .as("a dead connection")
                .isEqualTo(ErrorScope.FATAL);
    }

    private static SQLException error(int code) {
        return new SQLException("played", "S0001", code);
    }
}
