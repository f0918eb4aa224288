package dev.oaiproxy.ledger.store.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.OnEveryDialect;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnEveryDialect
final class OwnedObjectsTest {
    private final TestDatabase database;
    @TempDir Path folder;
    private LedgerFixture site;
    private OwnedObjects ownedObjects;
    private Key alice;
    private Key bob;

    OwnedObjectsTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() {
        site =
                new LedgerFixture(
                        database, folder, ZoneOffset.UTC, Instant.parse("2026-11-23T12:00:00Z"));
        ownedObjects = site.store().objects();
        alice = key("alice");
        bob = key("bob");
    }

    @AfterEach
    void close() {
        site.close();
    }

    private Key key(String user) {
        KeySettings terms = new KeySettings(user, "", List.of(), null, AccountLimits.NONE);
        Keys keys = site.store().keys();
        return keys.find(keys.create(terms, new Actor("admin", "test")).id()).orElseThrow();
    }

    private void record(String id, ObjectKind kind, Key key) {
        ownedObjects.record(
                List.of(new ObjectReference("id", kind, id)), OwnedObjects.Owner.of(key));
    }

    @Test
    void knowsWhoseAnObjectIs() {
        record("file-1", ObjectKind.FILE, alice);
        assertThat(ownedObjects.ownerOf("file-1")).hasValue(alice.userNumber());
        assertThat(ownedObjects.ownerOf("file-2")).isEmpty();
        assertThat(ownedObjects.ownerOf("FILE-1")).isEmpty();
    }

    @Test
    void leavesToItsOwnerWhatAnotherClaims() {
        record("file-1", ObjectKind.FILE, alice);
        record("file-1", ObjectKind.FILE, alice);
        record("file-1", ObjectKind.BATCH, bob);
        assertThat(ownedObjects.ownerOf("file-1")).hasValue(alice.userNumber());
        assertThat(ownedObjects.ids(bob.userNumber(), ObjectKind.BATCH)).isEmpty();
    }

    @Test
    void isOneForAllKeysOfAUser() {
        Key second = key("alice");
        record("file-1", ObjectKind.FILE, alice);
        record("file-2", ObjectKind.FILE, second);
        record("vs_1", ObjectKind.VECTOR_STORE, second);
        record("file-3", ObjectKind.FILE, bob);
        assertThat(ownedObjects.ids(alice.userNumber(), ObjectKind.FILE))
                .containsExactlyInAnyOrder("file-1", "file-2");
    }

    @Test
    void forgets() {
        record("file-1", ObjectKind.FILE, alice);
        ownedObjects.forget("file-1");
        ownedObjects.forget("file-1");
        assertThat(ownedObjects.ownerOf("file-1")).isEmpty();
    }

    @Test
    void forgetsAfterATimeOnlyWhatIsThatOld() {
        record("file-1", ObjectKind.FILE, alice);
        ownedObjects.forgetAfter(Duration.ofHours(1), "file-1");
        assertThat(ownedObjects.ownerOf("file-1")).isPresent();
        ownedObjects.forgetAfter(Duration.ZERO, "file-1");
        assertThat(ownedObjects.ownerOf("file-1")).isEmpty();
    }

    @Test
    void looksAtWhatCostsWhileItIsKeptInsteadOfForgettingIt() {
        record("vs_1", ObjectKind.VECTOR_STORE, alice);
        ownedObjects.forgetAfter(Duration.ZERO, "vs_1");
        assertThat(ownedObjects.ownerOf("vs_1")).isPresent();
        ownedObjects.forget("vs_1");
        ownedObjects.forgetAfter(Duration.ZERO, "vs_1");
        assertThat(ownedObjects.ownerOf("vs_1")).isEmpty();
    }

    @Test
    void takesNoIdThatTheTableCannotHold() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> record("x".repeat(129), ObjectKind.FILE, alice));
    }
}
