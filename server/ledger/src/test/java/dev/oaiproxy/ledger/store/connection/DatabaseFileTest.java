package dev.oaiproxy.ledger.store.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.SampleBills;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.StoreSettings;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.copy.SqliteBackup;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.table.Keys;
import dev.oaiproxy.metering.money.Usd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damage to the file of a database, before a server uses it and while it does. */
@Timeout(120)
@Tag("database")
@Order(0) // It waits most of the time.
final class DatabaseFileTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Usd DOLLAR = Usd.parse("1");
    private static final int PAGE = 4096;

    @TempDir Path folder;
    private Path file;
    private LedgerFixture ledger;
    private Key key;

    @BeforeEach
    void open() {
        ledger = new LedgerFixture(TestDatabase.SQLITE, folder, ZoneOffset.UTC, NOON);
        file = ledger.database().file().orElseThrow();
        KeySettings terms = new KeySettings("alice", "k1", List.of(), null, AccountLimits.NONE);
        Keys keys = ledger.store().keys();
        key = keys.find(keys.create(terms, new Actor("admin", "test")).id()).orElseThrow();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void aFileThatIsTakenAwayIsMissedAtOnceAndUsedAgainWhenItIsBack() throws IOException {
        CallId before = admitted();
        Path away = folder.resolve("away.db");
        Files.move(file, away);
        assertThat(admit(ledger.nextId())).isInstanceOf(Admission.Unavailable.class);
        assertThat(charge(before)).as("kept in the spool").isTrue();
        assertThat(ledger.store().isReady()).isFalse();
        assertThat(ledger.store().trouble()).hasValueSatisfying(says("was removed"));
        assertThat(file).as("an empty one in its place").doesNotExist();
        Files.move(away, file);
        Eventually.ask(ledger.store()::isReady, ready -> ready);
        Eventually.ask(() -> state(before), CallState.CHARGED::equals);
        assertThat(ledger.store().trouble()).isEmpty();
        assertThat(ledger.store().audit().run().findings()).isEmpty();
    }

    @Test
    void aFileThatIsReplacedIsNotWrittenTo() throws IOException {
        CallId before = admitted();
        Path copy = folder.resolve("copy.db");
        SqliteBackup.make(Database.file(file), copy, ZoneOffset.UTC);
        byte[] content = Files.readAllBytes(copy);
        Path first = folder.resolve("first.db");
        Files.move(file, first);
        Files.move(copy, file);
        assertThat(admit(ledger.nextId())).isInstanceOf(Admission.Unavailable.class);
        assertThat(charge(before)).isTrue();
        assertThat(ledger.store().isReady()).isFalse();
        assertThat(ledger.store().trouble()).hasValueSatisfying(says("restart the server"));
        assertThat(file).hasBinaryContent(content);
        Files.move(file, copy);
        Files.move(first, file);
        Eventually.ask(() -> state(before), CallState.CHARGED::equals);
    }

    /** A pool opens connections when it likes, so this one has to look by itself. */
    @Test
    void noNewConnectionTakesAFileThatIsInThePlaceOfTheFirst() throws Exception {
        Path copy = folder.resolve("copy.db");
        SqliteBackup.make(Database.file(file), copy, ZoneOffset.UTC);
        try (DatabaseHealth health = new DatabaseHealth(Database.file(file))) {
            health.start(() -> true);
            Database database = Database.file(file);
            var source =
                    new NewConnections(
                            database, database.properties(ConnectionPools.LONG_SILENCE), health);
            source.getConnection().close();
            Path first = folder.resolve("first.db");
            Files.move(file, first);
            Files.move(copy, file);
            assertThatThrownBy(source::getConnection)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("was replaced by another file");
            Files.move(file, copy);
            Files.move(first, file);
            source.getConnection().close();
        }
    }

    @Test
    void aFileThatIsCutShortIsDamaged() throws IOException {
        CallId before = admitted();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        assertThat(admit(ledger.nextId())).isInstanceOf(Admission.Unavailable.class);
        assertThat(charge(before)).isTrue();
        assertThat(ledger.store().isReady()).isFalse();
        assertThat(ledger.store().trouble()).hasValueSatisfying(says("restore a backup"));
    }

    @Test
    void theFilesBesideItAreMissed() throws IOException {
        admitted();
        Path log = file.resolveSibling("test.db-wal");
        Files.move(log, folder.resolve("away"));
        Eventually.ask(() -> ledger.store().trouble().orElse(""), why -> why.contains("-wal"));
        assertThat(ledger.store().isReady()).isFalse();
        assertThat(admit(ledger.nextId())).isInstanceOf(Admission.Unavailable.class);
    }

    @Test
    void aStartWithoutTheFileOfAnInstallationIsRefusedUntilSomebodyWantsToBeginAnew()
            throws IOException {
        ledger.store().close();
        Files.delete(file);
        assertThatThrownBy(this::reopen)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file + " is gone")
                .hasMessageContaining("restore a backup")
                .hasMessageContaining("remove " + file + ".lock");
        Files.createFile(file);
        assertThatThrownBy(this::reopen).hasMessageContaining(file + " is empty");
        Files.delete(Path.of(file + ".lock"));
        try (Store anew = reopen()) {
            assertThat(anew.isReady()).isTrue();
            assertThat(anew.keys().list(null)).isEmpty();
        }
    }

    @Test
    void aStartOnDamagedPagesIsRefused() throws IOException {
        ledger.store().close();
        Random random = new Random(1);
        byte[] noise = new byte[4 * PAGE];
        random.nextBytes(noise);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(noise), 8 * PAGE);
        }
        assertThatThrownBy(this::reopen)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file + " is damaged")
                .hasMessageContaining("restore a backup");
    }

    @Test
    void aStartOnAFolderInItsPlaceIsRefused() throws IOException {
        ledger.store().close();
        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(this::reopen).hasMessageContaining(file + " is a folder");
    }

    @Test
    void aStartOnAFileThatCannotBeWrittenToNamesItAndItsMode() throws IOException {
        ledger.store().close();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        assumeFalse(Files.isWritable(file), "root may write to everything");
        assertThatThrownBy(this::reopen)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("r--r--r--")
                .hasMessageContaining("chmod");
    }

    @Test
    void pagesThatAreDamagedWhileItRunsStopCalls() {
        ledger.store()
                .writer()
                .write(
                        tx -> {
                            tx.execute("PRAGMA writable_schema = 1");
                            tx.update(
                                    "UPDATE sqlite_schema SET rootpage = 100000 WHERE name ="
                                            + " 'calls'");
                            tx.execute("PRAGMA writable_schema = RESET");
                            return true;
                        });
        CallId id = ledger.nextId();
        Eventually.ask(() -> admit(id), answer -> answer instanceof Admission.Unavailable);
        Eventually.ask(() -> ledger.store().trouble().orElse(""), w -> w.contains("is damaged"));
        assertThat(ledger.store().isReady()).isFalse();
        // The message says more than that the database is not available.
        assertThatThrownBy(() -> ledger.store().audit().run())
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.words()).hasValueSatisfying(says("damaged")));
    }

    private static Condition<String> says(String part) {
        return new Condition<>(text -> text.contains(part), "says " + part);
    }

    private Store reopen() {
        return Store.open(
                new StoreSettings(file, file.resolveSibling("spool"), ZoneOffset.UTC),
                ledger.clock());
    }

    private CallId admitted() {
        CallId id = ledger.nextId();
        assertThat(admit(id)).isInstanceOf(Admission.Granted.class);
        return id;
    }

    private Admission admit(CallId id) {
        return ledger.store()
                .ledger()
                .admit(
                        new HoldRequest(
                                id, key, "chat", SampleBills.MODEL, DOLLAR, 0, NOON, "test.1"));
    }

    private boolean charge(CallId id) {
        return ledger.store().ledger().end(SampleBills.charge(id, DOLLAR, 0, NOON));
    }

    private CallState state(CallId id) {
        return ledger.store().calls().find(id).orElseThrow().state();
    }
}
