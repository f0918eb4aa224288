package dev.oaiproxy.ledger.store.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.ledger.store.OnEveryDatabase;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Migrations, and the states in which the program leaves a database alone. */
@OnEveryDatabase
final class MigrationsTest {
    private static final Path FOLDER =
            Checkout.file("server/ledger/src/main/resources/dev/oaiproxy/ledger/store/migrations");

    private final TestDatabase kind;
    @TempDir Path folder;

    MigrationsTest(TestDatabase kind) {
        this.kind = kind;
    }

    private static void assertLeftAlone(Database database, String... words) {
        assertThat(Store.problem(database))
                .hasValueSatisfying(why -> assertThat(why).contains(words));
        assertThatThrownBy(() -> new Migrations(database).run())
                .isInstanceOf(StoreException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void everyFileOfTheFolderIsNamedInItsOrder() throws Exception {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(Migrations.FILES)
                    .containsExactlyElementsOf(
                            files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void allDatabasesHaveTheSameTablesWithTheSameColumns(@TempDir Path other) throws Exception {
        Database plain = TestDatabase.SQLITE.fresh(other);
        new Migrations(plain).run();
        assertThat(columns(kind.migrated(folder))).hasSizeGreaterThan(50).isEqualTo(columns(plain));
    }

    @Test
    void runningThemAgainChangesNothing() throws Exception {
        Database database = kind.migrated(folder);
        List<String> before = columns(database);
        new Migrations(database).run();
        assertThat(columns(database)).isEqualTo(before);
        assertThat(Store.problem(database)).isEmpty();
    }

    @Test
    void aCurrentDatabaseIsSeenWithoutFlyway() {
        Database database = kind.migrated(folder);
        Migrations again = new Migrations(database);
        again.run();
        assertThat(again).extracting("loaded").isNull();
        TestDatabase.sql(
                database,
                "DELETE FROM flyway_schema_history WHERE version = '"
                        + Migrations.FILES.size()
                        + "'");
        assertThat(again.doubt()).isEmpty();
        assertThat(again).extracting("loaded").isNotNull();
    }

    @Test
    void nodesThatStartAtOnceWaitForEachOther() throws Exception {
        assumeTrue(kind != TestDatabase.SQLITE, "a file has one server");
        Database database = kind.fresh(folder);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> nodes = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            for (int i = 0; i < 3; i++) {
                nodes.add(
                        threads.submit(
                                () -> {
                                    start.await();
                                    new Migrations(database).run();
                                    return true;
                                }));
            }
            start.countDown();
        }
        for (Future<?> node : nodes) {
            node.get();
        }
        try (Tx tx = Tx.alone(database, ConnectionPools.LONG_SILENCE)) {
            assertThat(tx.number("SELECT COUNT(*) FROM flyway_schema_history WHERE version <> ''"))
                    .isEqualTo(Migrations.FILES.size());
        }
    }

    @Test
    void aDatabaseOfANewerProgramIsLeftAlone() {
        Database database = kind.migrated(folder);
        TestDatabase.sql(
                database,
                """
                INSERT INTO flyway_schema_history
                SELECT 99, '99', description, type, 'V99__new.sql', checksum, installed_by,
                    installed_on, execution_time, success
                FROM flyway_schema_history WHERE version = '1'
                """);
        assertLeftAlone(database, "made by a newer oaiproxy", "99", "start that version");
    }

    @Test
    void aDatabaseThatWasLeftHalfWayIsLeftAlone() {
        Database database = kind.migrated(folder);
        TestDatabase.sql(
                database,
                "UPDATE flyway_schema_history SET success = " + kind.no() + " WHERE version = '3'");
        assertLeftAlone(database, "half-way by step 3", "backup");
    }

    @Test
    void aDatabaseThatLacksAStepIsLeftAlone() {
        Database database = kind.migrated(folder);
        TestDatabase.sql(database, "DELETE FROM flyway_schema_history WHERE version = '3'");
        assertLeftAlone(database, "step 3", "missing", "restore a backup");
    }

    @Test
    void aDatabaseThatWasEditedByHandIsLeftAlone() {
        Database database = kind.migrated(folder);
        TestDatabase.sql(
                database, "UPDATE flyway_schema_history SET checksum = 7 WHERE version = '2'");
        assertLeftAlone(database, "step 2", "edited by hand", "restore a backup");
    }

    @Test
    void aDatabaseWithTablesOfAnotherProgramIsLeftAlone() {
        Database database = kind.fresh(folder);
        TestDatabase.sql(database, "CREATE TABLE customers (id BIGINT)");
        assertThatThrownBy(() -> new Migrations(database).run())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("tables of another program");
    }

    private static List<String> columns(Database database) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (Connection connection = TestDatabase.connect(database);
                ResultSet row =
                        connection
                                .getMetaData()
                                .getColumns(
                                        connection.getCatalog(), schema(connection), "%", "%")) {
            while (row.next()) {
                String table = row.getString("TABLE_NAME").toLowerCase(Locale.ROOT);
                if (!table.matches("(flyway|sqlite|sys).*")) {
                    String column = row.getString("COLUMN_NAME").toLowerCase(Locale.ROOT);
                    columns.add(table + "." + column);
                }
            }
        }
        return columns.stream().sorted().toList();
    }

    private static String schema(Connection connection) throws SQLException {
        return connection.getSchema();
    }
}
