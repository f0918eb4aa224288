package dev.oaiproxy.ledger.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("fast")
final class DatabaseVersionTest {
    @ParameterizedTest
    @CsvSource({
        "18.6 (Debian 18.6-1), 18, 6",
        "16beta1, 16, 0",
        "8.0.15, 8, 0",
        "5.5.5-10.11.19-MariaDB-log, 10, 11",
        "15.00.4322, 15, 0",
        "devel, 0, 0",
        "1.20261123120000, 1, 202611231"
    })
    void readsTheWordsOfServers(String version, int major, int minor) {
        assertThat(DatabaseVersion.of("X", version))
                .isEqualTo(new DatabaseVersion("X", major, minor));
    }

    @Test
    void knowsWhichIsOlder() {
        DatabaseVersion floor = new DatabaseVersion("X", 10, 11);
        assertThat(new DatabaseVersion("X", 10, 6).isBefore(floor)).isTrue();
        assertThat(new DatabaseVersion("X", 9, 12).isBefore(floor)).isTrue();
        assertThat(new DatabaseVersion("X", 10, 11).isBefore(floor)).isFalse();
        assertThat(new DatabaseVersion("X", 11, 0).isBefore(floor)).isFalse();
    }

    @Test
    void eachKindHasAFloorOfItsOwn() {
        assertThat(MySql.DIALECT.oldest("5.5.5-10.11.19-MariaDB")).hasToString("MariaDB 10.11");
        assertThat(MySql.DIALECT.oldest("8.4.3")).hasToString("MySQL 8.0");
    }
}
