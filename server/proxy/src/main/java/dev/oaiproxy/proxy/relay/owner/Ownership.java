package dev.oaiproxy.proxy.relay.owner;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.ledger.store.table.RecurringCharges;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.request.ItemTools;
import dev.oaiproxy.metering.request.ReferenceScanner;
import dev.oaiproxy.metering.request.ScanResult;
import dev.oaiproxy.metering.request.facts.FineTuning;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.storagebilling.StorageBilling;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Separates the users of the one OpenAI account: a user's objects do not exist for other users.
 * Objects belong to users, so every key of a user reaches the objects that any of the user's keys
 * has created.
 */
public final class Ownership {
    private static final Logger LOG = System.getLogger(Ownership.class.getName());
    private static final Duration SETTLED = Duration.ofHours(1);
    private static final long NOBODY = -1;

    private final OwnedObjects ownedObjects;
    private final RecurringCharges recurringCharges;
    private final StorageBilling storageBilling;

    public Ownership(
            OwnedObjects ownedObjects,
            RecurringCharges recurringCharges,
            StorageBilling storageBilling) {
        this.ownedObjects = ownedObjects;
        this.recurringCharges = recurringCharges;
        this.storageBilling = storageBilling;
    }

    /** Refuses a path that names an object that the key's user does not own. */
    public void requirePath(Key key, Operation operation, String path) {
        ObjectKind kind = operation.subjects().owned();
        if (kind != null && !owns(key, kind, operation.idIn(path))) {
            throw new RefusedException(
                    new Refusal.NoSuchObject(
                            new ObjectReference("id", kind, operation.idIn(path))));
        }
    }

    /** Refuses a body that refers to an object that the key's user does not own. */
    public void requireReferences(Key key, ReferenceScanner referenceScanner) {
        String fault = referenceScanner.fault();
        if (fault != null) {
            throw RefusedException.malformed(fault, null);
        }
        List<ObjectReference> used = referenceScanner.found();
        List<ObjectReference> mentioned = referenceScanner.mentioned();
        if (used.isEmpty() && mentioned.isEmpty()) {
            return;
        }
        Map<String, Long> owners =
                ownedObjects.ownersOf(
                        Stream.concat(used.stream(), mentioned.stream())
                                .map(ObjectReference::id)
                                .toList());
        long user = key.userNumber();
        Stream.concat(
                        used.stream().filter(it -> owners.getOrDefault(it.id(), NOBODY) != user),
                        mentioned.stream().filter(it -> owners.getOrDefault(it.id(), user) != user))
                .findFirst()
                .ifPresent(
                        foreign -> {
                            throw new RefusedException(new Refusal.NoSuchObject(foreign));
                        });
    }

    /** Charges for the containers that a call is about to use, or refuses the call. */
    public void payContainers(Key key, Set<String> ids) {
        try {
            for (String id : ids) {
                storageBilling.payUse(id, key);
            }
        } catch (StoreException e) {
            throw new RefusedException(new Refusal.LedgerUnavailable(e.toString()));
        } catch (UpstreamException e) {
            throw new RefusedException(UpstreamErrors.refusal(e));
        }
    }

    /** True when an object exists for a key. */
    public boolean owns(Key key, ObjectKind kind, String id) {
        return kind == ObjectKind.MODEL
                ? key.allows(id) && mayUse(key, id)
                : ownedObjects.ownerOf(id).filter(owner -> owner == key.userNumber()).isPresent();
    }

    /**
     * True when a key may use a model. A fine-tuned model and its checkpoints belong to the user
     * whose job made it. One without a recorded owner is open to the keys that name it in their
     * model list.
     */
    public boolean mayUse(Key key, String model) {
        return !FineTuning.isFineTuned(model)
                || ownedObjects
                        .ownerOf(model)
                        .or(() -> ownedObjects.ownerOf(FineTuning.withoutStep(model)))
                        .map(owner -> owner == key.userNumber())
                        .orElseGet(() -> key.names(model));
    }

    /**
     * Adds the hosted tools that the caller's earlier items may bring into a request, when OpenAI
     * replays such items to the model. Records the tools that the request's own items bring.
     */
    public ScanResult recall(Key key, RequestFacts facts) {
        List<Surcharge> carried = facts.tools().carried();
        if (carried.isEmpty() && !facts.input().recalls()) {
            return new ScanResult.Facts(facts);
        }
        ItemTools known = new ItemTools(key.userNumber(), ids(key, ObjectKind.TOOL));
        List<ObjectReference> fresh = known.unknown(carried);
        if (!fresh.isEmpty()) {
            ownedObjects.record(fresh, OwnedObjects.Owner.of(key));
        }
        return facts.input().recalls() ? known.addedTo(facts) : new ScanResult.Facts(facts);
    }

    /** The ids of all objects of a kind that belong to a key's user. */
    Set<String> ids(Key key, ObjectKind kind) {
        return ownedObjects.ids(key.userNumber(), kind);
    }

    /**
     * The ids of all objects of a kind that belong to a key's user, each with the time of its
     * record, the newest first.
     */
    public SequencedMap<String, Long> listed(Key key, ObjectKind kind) {
        return ownedObjects.listed(key.userNumber(), kind);
    }

    /** Deletes the record of an object that OpenAI has deleted. */
    public void forget(String id) {
        unhindered(() -> ownedObjects.forget(id));
    }

    /** Deletes the record of an object that OpenAI could not find when asked to delete it. */
    public void forgetMissing(String id) {
        unhindered(() -> ownedObjects.forgetAfter(Duration.ZERO, id));
    }

    /**
     * Deletes the record of an object that OpenAI does not find any more. A new object may not be
     * visible everywhere at OpenAI yet, so its record is kept.
     */
    public void forgetOld(String id) {
        unhindered(() -> ownedObjects.forgetAfter(SETTLED, id));
    }

    /** A stale row does no harm, so a failure must not withhold the response. */
    private static void unhindered(Runnable forgetting) {
        try {
            forgetting.run();
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "event=object_not_forgotten cause={0}", e.toString());
        }
    }

    /**
     * A recorder of the objects that the response to a call gives to its user.
     *
     * @param object the id in its path, or null
     */
    public ObjectRecorder recorder(
            Key key, Operation operation, @Nullable String object, ReferenceScanner references) {
        return new ObjectRecorder(
                ownedObjects,
                recurringCharges,
                storageBilling::discard,
                key,
                operation,
                object,
                references);
    }
}
