package dev.oaiproxy.ledger.store.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.ledger.store.OnEveryDatabase;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.StoreSettings;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.connection.Migrations;
import dev.oaiproxy.ledger.store.connection.SchemaState;
import dev.oaiproxy.ledger.store.node.Node;
import dev.oaiproxy.ledger.store.node.NodeDescription;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.Database.Access;
import dev.oaiproxy.ledger.store.sql.Database.Encryption;
import dev.oaiproxy.ledger.store.sql.Database.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The result of a probe, for each state of a database. */
@OnEveryDatabase
@Timeout(120)
final class DatabaseProbeTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final TestDatabase kind;
    @TempDir Path folder;

    DatabaseProbeTest(TestDatabase kind) {
        this.kind = kind;
    }

    private Store open(Database database) {
        StoreSettings settings =
                new StoreSettings(
                        database,
                        folder.resolve("spool"),
                        ZoneOffset.UTC,
                        new NodeDescription("1.2", "marks", () -> "t.1"));
        return Store.open(settings, InstantSource.system(), MINUTE);
    }

    private static DatabaseProbe.Result look(Database database) {
        return DatabaseProbe.look(database, InstantSource.system(), MINUTE);
    }

    private static DatabaseProbe.Result.Open inside(Database database) {
        return (DatabaseProbe.Result.Open) look(database);
    }

    private static void assertDoubtful(Database database, String... words) {
        assertThat(inside(database).schemaState())
                .isInstanceOfSatisfying(
                        SchemaState.Doubtful.class,
                        doubtful -> assertThat(doubtful.why()).contains(words));
    }

    private static void edit(Database database, String change) {
        TestDatabase.sql(database, "UPDATE flyway_schema_history SET " + change);
    }

    /** All that is in the folder, byte by byte. */
    private Map<String, String> content() throws Exception {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(folder.relativize(file).toString(), digest(file));
            }
        }
        return content;
    }

    private static String digest(Path file) throws Exception {
        byte[] sha = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        return HexFormat.of().formatHex(sha);
    }

    @Test
    void anEmptyDatabaseStaysEmpty() throws IOException {
        Database database = kind.fresh(folder);
        if (kind == TestDatabase.SQLITE) {
            assertThat(look(database)).isEqualTo(new DatabaseProbe.Result.Absent());
            assertThat(folder).isEmptyDirectory();
            return;
        }
        assertThat(inside(database).schemaState()).isEqualTo(new SchemaState.Empty());
        assertThat(inside(database).schemaState()).as("still").isEqualTo(new SchemaState.Empty());
    }

    @Test
    void tellsWhichServerAndDriverItIs() {
        DatabaseProbe.Result.Open open = inside(kind.ready(folder));
        assertThat(open.driver()).containsPattern("[A-Za-z]+.* [0-9]+\\.[0-9]+");
        assertThat(open.databaseVersion().major()).isPositive();
        // The stand-in for SQL Server states an old version.
        if (kind != TestDatabase.SQLSERVER) {
            assertThat(open.tooOldFor()).as(open.version()).isNull();
        }
        assertThat(open.objection()).isNull();
        assertThat(open.ahead().abs()).isLessThan(MINUTE);
        assertThat(open.schemaState()).isEqualTo(new SchemaState.Current(Migrations.FILES.size()));
    }

    @Test
    void tellsAClockThatIsWrong() {
        InstantSource wrong = () -> Instant.now().minusSeconds(3_600);
        DatabaseProbe.Result seen = DatabaseProbe.look(kind.ready(folder), wrong, MINUTE);
        Duration ahead = ((DatabaseProbe.Result.Open) seen).ahead();
        assertThat(ahead).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
    }

    @Test
    void tablesOfAnOlderProgramAreTold() {
        Database database = kind.fresh(folder);
        new Migrations(database, MigrationVersion.fromVersion("2")).run();
        assertThat(inside(database).schemaState())
                .isEqualTo(new SchemaState.Older(2, Migrations.FILES.size()));
        assertThat(new Migrations(database).applied()).as("nothing was run").isEqualTo(2);
    }

    @Test
    void tablesOfANewerProgramAreTold() {
        Database database = kind.ready(folder);
        TestDatabase.sql(
                database,
                """
                INSERT INTO flyway_schema_history
                SELECT 99, '99', description, type, 'V99__new.sql', checksum, installed_by,
                    installed_on, execution_time, success
                FROM flyway_schema_history WHERE version = '1'
                """);
        assertDoubtful(database, "made by a newer oaiproxy", "; start that version");
    }

    @Test
    void tablesThatWereLeftHalfWayAreTold() {
        Database database = kind.ready(folder);
        edit(database, "success = " + kind.no() + " WHERE version = '3'");
        assertDoubtful(database, "half-way by step 3", "; restore the backup");
    }

    @Test
    void tablesThatWereEditedByHandAreTold() {
        Database database = kind.ready(folder);
        edit(database, "checksum = 7 WHERE version = '2'");
        assertDoubtful(database, "step 2", "edited by hand");
    }

    @Test
    void tablesOfAnotherProgramAreTold() {
        Database database = kind.fresh(folder);
        TestDatabase.sql(database, "CREATE TABLE customers (id BIGINT)");
        assertThat(inside(database).schemaState()).isEqualTo(new SchemaState.Foreign());
    }

    @Test
    void aCopyThatWasNotFinishedIsTold() {
        Database database = kind.ready(folder);
        open(database).close();
        TestDatabase.sql(database, "INSERT INTO users (id, name, created_ms) VALUES (7, 'bob', 1)");
        TestDatabase.sql(database, "DELETE FROM accounts");
        assertThat(inside(database).schemaState()).isEqualTo(new SchemaState.Unfinished());
    }

    @Test
    void processesThatUseItAreToldWithThoseThatWereKilled() {
        Database database = kind.ready(folder);
        try (Store _ = open(database)) {
            assertThat(inside(database).nodes())
                    .singleElement()
                    .satisfies(
                            node -> {
                                assertThat(node.alive()).isTrue();
                                assertThat(node.version()).isEqualTo("1.2");
                            });
            TestDatabase.sql(database, "UPDATE nodes SET heartbeat_ms = heartbeat_ms - 120000");
            assertThat(inside(database).nodes()).hasSize(1).noneMatch(Node::alive);
        }
        assertThat(inside(database).nodes()).isEmpty();
    }

    @Test
    void aFileIsNeitherWrittenToNorJoinedByOthers() throws Exception {
        assumeTrue(kind == TestDatabase.SQLITE, "of a server there is no file");
        Database database = kind.ready(folder);
        open(database).close();
        Map<String, String> before = content();
        assertThat(inside(database).schemaState()).isInstanceOf(SchemaState.Current.class);
        assertThat(content()).isEqualTo(before);
    }

    @Test
    void aFileThatAServerHasOpenIsRead() throws Exception {
        assumeTrue(kind == TestDatabase.SQLITE, "of a server there is no file");
        Database database = kind.ready(folder);
        try (Store store = open(database)) {
            assertThat(inside(database).schemaState()).isInstanceOf(SchemaState.Current.class);
            assertThat(store.isReady()).isTrue();
        }
        assertThat(folder.resolve("test.db-wal")).as("its last user removes it").doesNotExist();
    }

    @Test
    void aLinkIsFollowedToWhatAServerHasOpen() throws Exception {
        assumeTrue(kind == TestDatabase.SQLITE, "of a server there is no file");
        Path links = Files.createDirectory(folder.resolve("links"));
        Files.createSymbolicLink(links.resolve("test.db"), folder.resolve("test.db"));
        try (Store _ = open(kind.ready(folder))) {
            assertThat(inside(kind.fresh(links)).nodes()).as("only in the log").hasSize(1);
        }
    }

    @Test
    void whatAKilledServerLeftIsReadAndStays() throws Exception {
        assumeTrue(kind == TestDatabase.SQLITE, "of a server there is no file");
        Path left = Files.createDirectory(folder.resolve("left"));
        try (Store _ = open(kind.ready(folder))) {
            for (String name : List.of("test.db", "test.db-wal", "test.db-shm")) {
                Files.copy(folder.resolve(name), left.resolve(name));
            }
        }
        String rows = digest(left.resolve("test.db"));
        String log = digest(left.resolve("test.db-wal"));
        assertThat(inside(kind.fresh(left)).nodes()).as("only in the log").hasSize(1);
        assertThat(digest(left.resolve("test.db"))).isEqualTo(rows);
        assertThat(digest(left.resolve("test.db-wal"))).isEqualTo(log);
    }

    @Test
    void aFileThatIsNoDatabaseIsTold() throws Exception {
        assumeTrue(kind == TestDatabase.SQLITE, "of a server there is no file");
        Files.writeString(folder.resolve("test.db"), "These are not the rows you look for.\n");
        assertThat(look(kind.fresh(folder))).isInstanceOf(DatabaseProbe.Result.Closed.class);
    }

    @Test
    void aWrongPasswordIsTold() {
        assumeTrue(kind != TestDatabase.SQLITE, "a file has no password");
        Database database = kind.fresh(folder);
        Login wrong = new Login(TestDatabase.login().user(), "hunter2");
        Database other =
                TestDatabase.like(
                        database,
                        database.address().host(),
                        new Access(wrong, new Encryption.None()));
        assertThat(look(other))
                .isInstanceOfSatisfying(
                        DatabaseProbe.Result.Closed.class,
                        closed ->
                                assertThat(closed.why())
                                        .contains("; correct DB_USERNAME or DB_PASSWORD")
                                        .doesNotContain("hunter2"));
    }

    @Test
    void encryptionIsTold() {
        assumeTrue(kind != TestDatabase.SQLITE, "nothing to encrypt");
        Database database = kind.fresh(folder);
        Access encrypted = new Access(TestDatabase.login(), new Encryption.Unchecked());
        assertThat(inside(database).encryption()).isEmpty();
        assertThat(
                        inside(TestDatabase.like(database, database.address().host(), encrypted))
                                .encryption())
                .contains(kind == TestDatabase.SQLSERVER ? "TLS" : "AES");
    }
}
