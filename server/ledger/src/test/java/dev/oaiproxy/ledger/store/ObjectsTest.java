package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.KeyTerms;
import dev.oaiproxy.ledger.ledger.Limits;
import dev.oaiproxy.metering.operation.ObjectKind;
import dev.oaiproxy.metering.operation.ObjectReference;
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
final class ObjectsTest {
    private final TestDatabase database;
    @TempDir Path folder;
    private Installation site;
    private Objects objects;
    private Key alice;
    private Key bob;

    ObjectsTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() {
        site =
                new Installation(
                        database, folder, ZoneOffset.UTC, Instant.parse("2026-11-23T12:00:00Z"));
        objects = site.store().objects();
        alice = key("alice");
        bob = key("bob");
    }

    @AfterEach
    void close() {
        site.close();
    }

    private Key key(String user) {
        KeyTerms terms = new KeyTerms(user, "", List.of(), null, Limits.NONE);
        Keys keys = site.store().keys();
        return keys.find(keys.create(terms, new Actor("admin", "test")).id()).orElseThrow();
    }

    private void record(String id, ObjectKind kind, Key key) {
        objects.record(List.of(new ObjectReference("id", kind, id)), Objects.Owner.of(key));
    }

    @Test
    void knowsWhoseAnObjectIs() {
        record("file-1", ObjectKind.FILE, alice);
        assertThat(objects.ownerOf("file-1")).hasValue(alice.userNumber());
        assertThat(objects.ownerOf("file-2")).isEmpty();
        assertThat(objects.ownerOf("FILE-1")).isEmpty();
    }

    @Test
    void leavesToItsOwnerWhatAnotherClaims() {
        record("file-1", ObjectKind.FILE, alice);
        record("file-1", ObjectKind.FILE, alice);
        record("file-1", ObjectKind.BATCH, bob);
        assertThat(objects.ownerOf("file-1")).hasValue(alice.userNumber());
        assertThat(objects.ids(bob.userNumber(), ObjectKind.BATCH)).isEmpty();
    }

    @Test
    void isOneForAllKeysOfAUser() {
        Key second = key("alice");
        record("file-1", ObjectKind.FILE, alice);
        record("file-2", ObjectKind.FILE, second);
        record("vs_1", ObjectKind.VECTOR_STORE, second);
        record("file-3", ObjectKind.FILE, bob);
        assertThat(objects.ids(alice.userNumber(), ObjectKind.FILE))
                .containsExactlyInAnyOrder("file-1", "file-2");
    }

    @Test
    void forgets() {
        record("file-1", ObjectKind.FILE, alice);
        objects.forget("file-1");
        objects.forget("file-1");
        assertThat(objects.ownerOf("file-1")).isEmpty();
    }

    @Test
    void forgetsAfterATimeOnlyWhatIsThatOld() {
        record("file-1", ObjectKind.FILE, alice);
        objects.forgetAfter(Duration.ofHours(1), "file-1");
        assertThat(objects.ownerOf("file-1")).isPresent();
        objects.forgetAfter(Duration.ZERO, "file-1");
        assertThat(objects.ownerOf("file-1")).isEmpty();
    }

    @Test
    void looksAtWhatCostsWhileItIsKeptInsteadOfForgettingIt() {
        record("vs_1", ObjectKind.VECTOR_STORE, alice);
        objects.forgetAfter(Duration.ZERO, "vs_1");
        assertThat(objects.ownerOf("vs_1")).isPresent();
        objects.forget("vs_1");
        objects.forgetAfter(Duration.ZERO, "vs_1");
        assertThat(objects.ownerOf("vs_1")).isEmpty();
    }

    @Test
    void takesNoIdThatTheTableCannotHold() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> record("x".repeat(129), ObjectKind.FILE, alice));
    }
}
