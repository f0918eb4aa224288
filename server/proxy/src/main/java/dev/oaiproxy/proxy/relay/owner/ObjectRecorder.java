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
import org.jspecify.annotations.Nullable;

/**
 * Records the ids that one response hands out to its user, before the user receives them, and the
 * use of containers, which cost money while they are kept.
 */
public final class ObjectRecorder {
    private static final Logger LOG = System.getLogger(ObjectRecorder.class.getName());

    /** The most ids that wait for the end of a response. */
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
     * @param discard has OpenAI delete an object that could not be recorded
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
        this.watch = IdPaths.watch(operation, referenceScanner);
        this.used = used();
    }

    /** The containers that the call uses. Deleting a container does not use it. */
    private Set<String> used() {
        Set<String> ids = new HashSet<>();
        for (ObjectReference reference : referenceScanner.found()) {
            if (reference.kind() == ObjectKind.CONTAINER) {
                ids.add(reference.id());
            }
        }
        boolean removal = operation.isOfTheObjectItself() && operation.method().equals("DELETE");
        boolean container = operation.subjects().owned() == ObjectKind.CONTAINER;
        if (object != null && container && !removal) {
            ids.add(object);
        }
        return ids;
    }

    /** True when OpenAI stores the response, because the request does not forbid it. */
    public boolean isKept() {
        return !referenceScanner.discarded();
    }

    /** True for a Responses API call, whose items are known when it has ended. */
    private boolean isResponse() {
        return operation.subjects().created() == ObjectKind.RESPONSE;
    }

    public Set<String> containers() {
        return Set.copyOf(used);
    }

    /**
     * Scans the next bytes of a response for ids. Ids are recorded at once, except the items of a
     * response: they cannot be used before its end, and are recorded together.
     *
     * @return false when an id could not be recorded, so that the bytes must not be sent
     */
    public boolean record(ByteBuffer bytes) {
        note(bytes);
        if (waiting.isEmpty()) {
            return write(List.of());
        }
        boolean urgent = waiting.stream().anyMatch(one -> one.kind() != ObjectKind.ITEM);
        boolean patient = isResponse() && waiting.size() <= MOST_WAITING;
        return write(urgent || !patient ? List.copyOf(waiting) : List.of());
    }

    /** Scans the last bytes of a response for ids, and records all ids that wait. */
    public boolean recordAll(List<ByteBuffer> bytes) {
        bytes.forEach(this::note);
        return write(List.copyOf(waiting));
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
     * True for an id that the caller will own. The caller gets neither an item id from its own
     * request nor an item that OpenAI is told not to store.
     */
    private boolean keeps(ObjectReference found) {
        return found.kind() != ObjectKind.ITEM
                || !(referenceScanner.given().contains(found.id())
                        || (isResponse() && referenceScanner.discarded()));
    }

    private boolean write(List<ObjectReference> fresh) {
        try {
            begin();
            if (!inUse.isEmpty()) {
                inUse.forEach(this::use);
                inUse.clear();
            }
            if (!fresh.isEmpty()) {
                waiting.clear();
                ownedObjects.record(fresh, OwnedObjects.Owner.of(key)).forEach(this::useAgain);
            }
            return true;
        } catch (StoreException e) {
            LOG.log(
                    Level.WARNING,
                    "event=owner_not_recorded key={0} cause={1}",
                    key.id(),
                    e.toString());
            fresh.stream().filter(id -> RecurringCharges.isOf(id.kind())).forEach(this::unowned);
            return false;
        }
    }

    /**
     * Has OpenAI delete an object that it would keep without anybody paying. An object that the
     * call may only have used, and not created, is left to expire.
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

    /** Brings forward the next billing of a vector store whose content changes. */
    private void begin() {
        if (!begun && object != null && operation.subjects().storage()) {
            recurringCharges.hasten(object);
        }
        begun = true;
    }

    /**
     * Notes the use of a container. A call may use it beyond the time that was paid when the call
     * began.
     */
    private void use(String container) {
        recurringCharges.use(container);
    }

    /** Extends a container of an earlier response that this response has paid for again. */
    private void useAgain(ObjectReference known) {
        boolean container = known.kind() == ObjectKind.CONTAINER;
        if (container && !used.contains(known.id()) && isResponse()) {
            recurringCharges.extend(known.id());
        }
    }
}
