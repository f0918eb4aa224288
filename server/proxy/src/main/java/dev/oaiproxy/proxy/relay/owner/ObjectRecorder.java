package dev.oaiproxy.proxy.relay.owner;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.ledger.store.table.RecurringCharges;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.request.IdPaths;
import dev.oaiproxy.metering.request.IdScanner;
import dev.oaiproxy.metering.request.ReferenceScanner;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one answer hands out to its user, written down before the user has it, and what it says of
 * the use of things that cost while they are kept.
 */
public final class ObjectRecorder {
    private static final Logger LOG = System.getLogger(ObjectRecorder.class.getName());

    /** An answer is not to have more remembered for it than this until it has ended. */
    private static final int MOST_WAITING = 1_000;

    private final Keepsakes keepsakes;
    private final Subject subject;
    private final IdScanner watch;
    private final Set<String> used;
    private final Set<String> recorded = new HashSet<>();
    private final Set<String> inUse = new HashSet<>();
    private final List<ObjectReference> waiting = new ArrayList<>();
    private boolean begun;

    /**
     * Where it is written down.
     *
     * @param discard has OpenAI delete what could not be
     */
    record Keepsakes(
            OwnedObjects ownedObjects,
            RecurringCharges recurringCharges,
            Consumer<ObjectReference> discard) {}

    /**
     * What a call is about.
     *
     * @param object the id in its path, or null
     */
    public record Subject(
            Key key,
            Operation operation,
            @Nullable String object,
            ReferenceScanner referenceScanner) {
        /** The containers that it uses; to remove one is no use. */
        Set<String> containers() {
            Set<String> ids =
                    referenceScanner.found().stream()
                            .filter(reference -> reference.kind() == ObjectKind.CONTAINER)
                            .map(ObjectReference::id)
                            .collect(Collectors.toCollection(HashSet::new));
            boolean removal =
                    operation.isOfTheObjectItself() && operation.method().equals("DELETE");
            if (object != null && is(ObjectKind.CONTAINER) && !removal) {
                ids.add(object);
            }
            return ids;
        }

        private boolean is(ObjectKind owned) {
            return operation.subjects().owned() == owned;
        }

        /** Whether its answer is a response, whose items are known when it has ended. */
        private boolean answers() {
            return operation.subjects().created() == ObjectKind.RESPONSE;
        }

        /**
         * Whether what an answer hands out becomes its caller's. An id that the caller has put into
         * the request itself does not, nor does an item that OpenAI is told not to keep.
         */
        private boolean keeps(ObjectReference found) {
            return found.kind() != ObjectKind.ITEM
                    || !(referenceScanner.given().contains(found.id())
                            || (answers() && referenceScanner.discarded()));
        }

        /** Whether the charge for its answer has a session of each container that it started. */
        private boolean paysSessions() {
            return answers();
        }
    }

    ObjectRecorder(Keepsakes keepsakes, Subject subject) {
        this.keepsakes = keepsakes;
        this.subject = subject;
        this.watch = IdPaths.watch(subject.operation(), subject.referenceScanner().stored());
        this.used = subject.containers();
    }

    /** Whether OpenAI keeps a response that it answers with, since it was not asked not to. */
    public boolean isKept() {
        return !subject.referenceScanner().discarded();
    }

    /** The containers that the call uses. */
    public Set<String> containers() {
        return Set.copyOf(used);
    }

    /**
     * Looks at the next bytes of an answer, which stay as they are. What they hand out is written
     * down at once, but for the items of a response: they can be named when it has ended, and are
     * written down together.
     *
     * @return false when they hold an id that could not be written down, and must not be sent
     */
    public boolean record(ByteBuffer bytes) {
        note(bytes);
        boolean urgent = waiting.stream().anyMatch(one -> one.kind() != ObjectKind.ITEM);
        boolean patient = subject.answers() && waiting.size() <= MOST_WAITING;
        return write(urgent || !patient);
    }

    /** The same for the last bytes, and those that were kept back: nothing waits any longer. */
    public boolean recordAll(List<ByteBuffer> bytes) {
        bytes.forEach(this::note);
        return write(true);
    }

    private void note(ByteBuffer bytes) {
        for (ObjectReference found : watch.take(bytes)) {
            if (used.contains(found.id())) {
                inUse.add(found.id());
            }
            if (subject.keeps(found) && recorded.add(found.id())) {
                waiting.add(found);
            }
        }
    }

    private boolean write(boolean all) {
        List<ObjectReference> fresh = all ? List.copyOf(waiting) : List.of();
        try {
            begin();
            inUse.forEach(this::use);
            inUse.clear();
            if (!fresh.isEmpty()) {
                waiting.clear();
                keepsakes
                        .ownedObjects()
                        .record(fresh, OwnedObjects.Owner.of(subject.key()))
                        .forEach(this::useAgain);
            }
            return true;
        } catch (StoreException e) {
            LOG.log(
                    Level.WARNING,
                    "owner not recorded key={0} cause={1}",
                    subject.key().id(),
                    e.toString());
            fresh.stream().filter(id -> RecurringCharges.isOf(id.kind())).forEach(this::unowned);
            return false;
        }
    }

    /**
     * OpenAI would keep it at nobody's cost. What the call may only have used, and not made, is
     * left to end by itself.
     */
    private void unowned(ObjectReference object) {
        Alarms.raise(
                LOG,
                "unowned_object",
                "kind={0} object={1} user={2}",
                object.kind().label(),
                object.id(),
                subject.key().user());
        if (subject.operation().subjects().created() == object.kind()) {
            keepsakes.discard().accept(object);
        }
    }

    /** What was added to a vector store is looked at soon. */
    private void begin() {
        if (!begun && subject.object() != null && subject.operation().subjects().storage()) {
            keepsakes.recurringCharges().hasten(subject.object());
        }
        begun = true;
    }

    /** A call may use a container for longer than what was paid when it began. */
    private void use(String container) {
        keepsakes.recurringCharges().use(container);
    }

    /** A container that an earlier response started, and this one has paid for again. */
    private void useAgain(ObjectReference known) {
        boolean container = known.kind() == ObjectKind.CONTAINER;
        if (container && !used.contains(known.id()) && subject.paysSessions()) {
            keepsakes.recurringCharges().extend(known.id());
        }
    }
}
