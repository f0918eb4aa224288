package dev.oaiproxy.ledger.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An error of a failing server is never taken for one of the statement, which would be given up.
 */
@Tag("fast")
final class ErrorScopeTest {
    /** Full disk, out of memory, only for reading, shut down, starting, gone, no right. */
    @ParameterizedTest
    @ValueSource(strings = {"53100", "53200", "25006", "57P01", "57P03", "08006", "42501", "XX000"})
    void ofPostgresLasts(String state) {
        assertThat(Postgres.DIALECT.errorScope(new SQLException("", state)))
                .isEqualTo(ErrorScope.FATAL);
    }

    /** Full disk, full table, only for reading, limits of a user, gone, no right. */
    @ParameterizedTest
    @CsvSource({
        "1021,HY000",
        "1114,HY000",
        "1030,HY000",
        "1290,HY000",
        "1792,25006",
        "1203,42000",
        "1226,42000",
        "0,08S01",
        "1142,42000"
    })
    void ofMySqlLasts(int code, String state) {
        assertThat(MySql.DIALECT.errorScope(new SQLException("", state, code)))
                .isEqualTo(ErrorScope.FATAL);
    }
}
