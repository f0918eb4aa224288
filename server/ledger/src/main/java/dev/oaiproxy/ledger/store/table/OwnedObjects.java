package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.Writer;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The owners of the objects that OpenAI keeps. The owner is a user, so that all keys of a user
 * share.
 */
public record OwnedObjects(Writer writer, ReaderThreads readerThreads, InstantSource clock) {
    /** The longest id that is stored; OpenAI's have less than half of that. */
    public static final int LONGEST_ID = 128;

    /** The number of ids in one query. */
    private static final int MANY = 32;

    private static final String OWNER = "SELECT id, user_id FROM objects WHERE id = ?";
    private static final String OWNERS =
            "SELECT id, user_id FROM objects WHERE id IN (?" + ", ?".repeat(MANY - 1) + ")";
    private static final String INSERT =
            "INSERT INTO objects (id, kind, user_id, key_id, created_ms) VALUES (?, ?, ?, ?, ?)";

    private static final String OF_USER =
            "SELECT id, created_ms FROM objects WHERE user_id = ? AND kind = ?"
                    + " ORDER BY created_ms DESC, id DESC";

    /** The field with a batch's output file, which the user can delete once its id is known. */
    private static final String OUTPUT = "output_file_id";

    private static final String HURRY =
            """
            UPDATE deferred SET next_ms = ? WHERE kind = 'batch' AND next_ms > ?
                AND EXISTS (SELECT 1 FROM calls c WHERE c.id = call_id AND c.user_id = ?)
            """;

    /** The owner of an object: the number of its user, and of the key that made it. */
    public record Owner(long user, long key) {
        public static Owner of(Key key) {
            return new Owner(key.userNumber(), key.number());
        }
    }

    /**
     * Records the owner of objects, durably and together. Recording again changes nothing, and
     * another user's object stays so. Storage billing begins at the same moment.
     *
     * @return the objects that were recorded already
     * @throws StoreException when that failed, or is not known to have succeeded
     * @throws IllegalArgumentException when an id is longer than {@link #LONGEST_ID}
     */
    public List<ObjectReference> record(Collection<ObjectReference> objects, Owner owner) {
        List<String> ids = objects.stream().map(object -> bounded(object).id()).toList();
        Set<String> known = ownersOf(ids).keySet();
        List<ObjectReference> unknown =
                objects.stream().filter(object -> !known.contains(object.id())).toList();
        if (!unknown.isEmpty()) {
            writer.write(tx -> insert(tx, unknown, owner));
        }
        return objects.stream().filter(object -> known.contains(object.id())).toList();
    }

    private static ObjectReference bounded(ObjectReference object) {
        if (object.id().length() > LONGEST_ID) {
            throw new IllegalArgumentException("an id of more than " + LONGEST_ID + " characters");
        }
        return object;
    }

    private int insert(Tx tx, List<ObjectReference> unknown, Owner owner) throws SQLException {
        long now = clock.millis();
        // Another request may have been faster.
        Map<String, Long> known = owners(tx, unknown.stream().map(ObjectReference::id).toList());
        List<ObjectReference> made =
                unknown.stream().filter(object -> !known.containsKey(object.id())).toList();
        Map<String, Object[]> rows = new LinkedHashMap<>();
        made.forEach(object -> rows.put(object.id(), row(object, owner, now)));
        tx.insert(INSERT, List.copyOf(rows.values()));
        for (ObjectReference object : made) {
            hurry(tx, object, owner);
            RecurringCharges.open(tx, object, owner, now);
        }
        return rows.size();
    }

    private static Object[] row(ObjectReference object, Owner owner, long now) {
        return new Object[] {object.id(), object.kind().label(), owner.user(), owner.key(), now};
    }

    /**
     * Settles a batch soon when its user has just learnt the id of its output, before that can be
     * deleted.
     */
    private void hurry(Tx tx, ObjectReference object, Owner owner) throws SQLException {
        if (object.param().equals(OUTPUT)) {
            long now = clock.millis();
            tx.update(HURRY, now, now, owner.user());
        }
    }

    /** The number of an object's user. */
    public Optional<Long> ownerOf(String id) {
        return Optional.ofNullable(ownersOf(List.of(id)).get(id));
    }

    /** The numbers of the users, by object id, for objects that have an owner. */
    public Map<String, Long> ownersOf(Collection<String> ids) {
        List<String> possible = ids.stream().filter(OwnedObjects::isPossible).distinct().toList();
        return possible.isEmpty() ? Map.of() : readerThreads.read(tx -> owners(tx, possible));
    }

    /** Detects a text that could be a stored id. */
    private static boolean isPossible(String id) {
        return id.length() <= LONGEST_ID && id.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private static Map<String, Long> owners(Tx tx, List<String> ids) throws SQLException {
        Map<String, Long> owners = new HashMap<>();
        for (int from = 0; from < ids.size(); from += MANY) {
            List<String> some = ids.subList(from, Math.min(from + MANY, ids.size()));
            boolean one = some.size() == 1;
            tx.list(
                            one ? OWNER : OWNERS,
                            row -> Map.entry(row.getString(1), row.getLong(2)),
                            one ? some.toArray() : filled(some))
                    .forEach(owner -> owners.put(owner.getKey(), owner.getValue()));
        }
        return owners;
    }

    /** A statement has a fixed number of parameters. */
    private static Object[] filled(List<String> ids) {
        List<Object> all = new ArrayList<>(ids);
        all.addAll(Collections.nCopies(MANY - ids.size(), ids.getLast()));
        return all.toArray();
    }

    /** The ids of a user's objects of one kind, the newest first. */
    public Set<String> ids(long user, ObjectKind kind) {
        return listed(user, kind).sequencedKeySet();
    }

    /** The ids with the time of their recording, in milliseconds. */
    public SequencedMap<String, Long> listed(long user, ObjectKind kind) {
        SequencedMap<String, Long> all = new LinkedHashMap<>();
        readerThreads
                .list(
                        OF_USER,
                        row -> Map.entry(row.getString(1), row.getLong(2)),
                        user,
                        kind.label())
                .forEach(object -> all.put(object.getKey(), object.getValue()));
        return all;
    }

    /** Deletes an object that OpenAI no longer has. */
    public void forget(String id) {
        writer.write(
                tx -> {
                    tx.update(RecurringCharges.FORGET, id);
                    return tx.update("DELETE FROM objects WHERE id = ?", id);
                });
    }

    /**
     * Deletes an object that was recorded at least some time ago. One with storage billing is
     * checked soon instead: it may still exist, and is billed until OpenAI has denied that for a
     * while.
     */
    public void forgetAfter(Duration age, String id) {
        long latest = clock.instant().minus(age).toEpochMilli();
        writer.write(
                tx ->
                        RecurringCharges.isKept(tx, id)
                                ? RecurringCharges.hasten(tx, id, clock.instant())
                                : tx.update(
                                        "DELETE FROM objects WHERE id = ? AND created_ms <= ?",
                                        id,
                                        latest));
    }
}
