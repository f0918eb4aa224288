package dev.oaiproxy.ledger.store.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.SampleBills;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.report.Audit;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.table.Keys;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("database")
final class SqliteBackupTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir Path folder;
    private LedgerFixture site;
    private Key alice;

    @BeforeEach
    void open() {
        site = new LedgerFixture(TestDatabase.SQLITE, folder, ZoneOffset.UTC, NOON);
        KeySettings terms = new KeySettings("alice", "", List.of(), null, AccountLimits.NONE);
        Keys keys = site.store().keys();
        alice = keys.find(keys.create(terms, new Actor("admin", "test")).id()).orElseThrow();
    }

    @AfterEach
    void close() {
        site.close();
    }

    private void call() {
        CallId id = site.nextId();
        Usd dollar = Usd.parse("1");
        site.store()
                .ledger()
                .admit(
                        new HoldRequest(
                                id, alice, "chat", SampleBills.MODEL, dollar, 0, NOON, "test.1"));
        site.store().ledger().end(SampleBills.charge(id, Usd.parse("0.25"), 100, NOON));
    }

    private Audit.Report backup(Path file) {
        return SqliteBackup.make(site.database(), file, ZoneOffset.UTC);
    }

    @Test
    void hasBooksThatBalanceWhileTheServerWrites() throws Exception {
        call();
        AtomicBoolean enough = new AtomicBoolean();
        CountDownLatch writing = new CountDownLatch(1);
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!enough.get()) {
                                        call();
                                        writing.countDown();
                                    }
                                });
        writing.await();
        Audit.Report report = backup(folder.resolve("copy.db"));
        enough.set(true);
        writer.join();
        assertThat(report.findings()).isEmpty();
        assertThat(report.calls()).isGreaterThanOrEqualTo(2);
        assertThat(site.store().audit().run().calls()).isGreaterThanOrEqualTo(report.calls());
    }

    @Test
    void isItsOwnersAloneAndOneFile() throws Exception {
        Path file = folder.resolve("new/copy.db");
        backup(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file.getParent()).isDirectoryContaining(one -> one.equals(file));
        try (var all = Files.list(file.getParent())) {
            assertThat(all).hasSize(1);
        }
    }

    @Test
    void overwritesNothing() throws Exception {
        Path file = Files.writeString(folder.resolve("precious"), "mine");
        assertThatThrownBy(() -> backup(file))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("already exists");
        assertThat(file).hasContent("mine");
    }

    @Test
    void isOfAFileThatIsThere() {
        Database none = Database.file(folder.resolve("none.db"));
        assertThatThrownBy(() -> SqliteBackup.make(none, folder.resolve("copy.db"), ZoneOffset.UTC))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("there is no sqlite");
        assertThat(folder.resolve("copy.db")).doesNotExist();
        assertThat(folder.resolve("none.db")).doesNotExist();
    }
}
