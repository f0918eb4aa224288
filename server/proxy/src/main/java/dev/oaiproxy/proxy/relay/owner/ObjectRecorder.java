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

    private final OwnedObjects ownedObjects;
    private final RecurringCharges recurringCharges;
    private final Consumer<ObjectReference> discard;
    private final Key key;
    private final Operation operation;
    private final @Nullable String object;
    private final ReferenceScanner referenceScanner;
    private final IdScanner watch;
    private final Set<String> used;
    private final Set<String> recorded = new HashSet<>();
    private final Set<String> inUse = new HashSet<>();
    private final List<ObjectReference> waiting = new ArrayList<>();
    private boolean begun;

    /**
     * @param discard has OpenAI delete what could not be written down
     * @param object the id in the path of the call, or null
     */
    ObjectRecorder(
            OwnedObjects ownedObjects,
            RecurringCharges recurringCharges,
            Consumer<ObjectReference> discard,
            Key key,
            Operation operation,
            @Nullable String object,
            ReferenceScanner referenceScanner) {
        this.ownedObjects = ownedObjects;
        this.recurringCharges = recurringCharges;
        this.discard = discard;
        this.key = key;
        this.operation = operation;
        this.object = object;
        this.referenceScanner = referenceScanner;
        this.watch = IdPaths.watch(operation, referenceScanner.stored());
        this.used = used();
    }

    /** The containers that the call uses; removing one does not use it. */
    private Set<String> used() {
        Set<String> ids =
                referenceScanner.found().stream()
                        .filter(reference -> reference.kind() == ObjectKind.CONTAINER)
                        .map(ObjectReference::id)
                        .collect(Collectors.toCollection(HashSet::new));
        boolean removal = operation.isOfTheObjectItself() && operation.method().equals("DELETE");
        boolean container = operation.subjects().owned() == ObjectKind.CONTAINER;
        if (object != null && container && !removal) {
            ids.add(object);
        }
        return ids;
    }

    /** Whether OpenAI keeps a response that it answers with, since it was not asked not to. */
    public boolean isKept() {
        return !referenceScanner.discarded();
    }

    /** Whether the answer is a response, whose items are known when it has ended. */
    private boolean isResponse() {
        return operation.subjects().created() == ObjectKind.RESPONSE;
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
        boolean patient = isResponse() && waiting.size() <= MOST_WAITING;
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
            if (keeps(found) && recorded.add(found.id())) {
                waiting.add(found);
            }
        }
    }

    /**
     * Whether what an answer hands out becomes its caller's. An id that the caller has put into the
     * request itself does not, nor does an item that OpenAI is told not to keep.
     */
    private boolean keeps(ObjectReference found) {
        return found.kind() != ObjectKind.ITEM
                || !(referenceScanner.given().contains(found.id())
                        || (isResponse() && referenceScanner.discarded()));
    }

    private boolean write(boolean all) {
        List<ObjectReference> fresh = all ? List.copyOf(waiting) : List.of();
        try {
            begin();
            inUse.forEach(this::use);
            inUse.clear();
            if (!fresh.isEmpty()) {
                waiting.clear();
                ownedObjects.record(fresh, OwnedObjects.Owner.of(key)).forEach(this::useAgain);
            }
            return true;
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "owner not recorded key={0} cause={1}", key.id(), e.toString());
            fresh.stream().filter(id -> RecurringCharges.isOf(id.kind())).forEach(this::unowned);
            return false;
        }
    }

    /**
     * OpenAI would keep it at nobody's cost. What the call may only have used, and not made, is
     * left to end by itself.
     */
    private void unowned(ObjectReference unrecorded) {
        Alarms.raise(
                LOG,
                "unowned_object",
                "kind={0} object={1} user={2}",
                unrecorded.kind().label(),
                unrecorded.id(),
                key.user());
        if (operation.subjects().created() == unrecorded.kind()) {
            discard.accept(unrecorded);
        }
    }

    /** What was added to a vector store is looked at soon. */
    private void begin() {
        if (!begun && object != null && operation.subjects().storage()) {
            recurringCharges.hasten(object);
        }
        begun = true;
    }

    /** A call may use a container for longer than what was paid when it began. */
    private void use(String container) {
        recurringCharges.use(container);
    }

    /** A container that an earlier response started, and this one has paid for again. */
    private void useAgain(ObjectReference known) {
        boolean container = known.kind() == ObjectKind.CONTAINER;
        if (container && !used.contains(known.id()) && isResponse()) {
            recurringCharges.extend(known.id());
        }
    }
}
