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
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.storagebilling.ContainerUse;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what OpenAI stores for one user from all others: to them it does not exist. Users own, and
 * so all keys of one user reach what any of them has made.
 */
public final class Ownership {
    private static final Logger LOG = System.getLogger(Ownership.class.getName());
    private static final Duration SETTLED = Duration.ofHours(1);
    private static final long NOBODY = -1;

    private final OwnedObjects ownedObjects;
    private final RecurringCharges recurringCharges;
    private final ContainerUse containers;
    private final Consumer<ObjectReference> discard;

    /**
     * @param discard has OpenAI delete what could not be written down
     */
    public Ownership(
            OwnedObjects ownedObjects,
            RecurringCharges recurringCharges,
            ContainerUse containers,
            Consumer<ObjectReference> discard) {
        this.ownedObjects = ownedObjects;
        this.recurringCharges = recurringCharges;
        this.containers = containers;
        this.discard = discard;
    }

    /** Refuses a path that names what is not the key's. */
    public void requirePath(Key key, Operation operation, String path) {
        ObjectKind kind = operation.subjects().owned();
        if (kind != null && !owns(key, kind, operation.idIn(path))) {
            throw new RefusedException(
                    new Refusal.NoSuchObject(
                            new ObjectReference("id", kind, operation.idIn(path))));
        }
    }

    /** Refuses a body that names what is not the key's. */
    public void requireReferences(Key key, ReferenceScanner referenceScanner) {
        String fault = referenceScanner.fault();
        if (fault != null) {
            throw new RefusedException(new Refusal.Malformed(fault, null));
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

    /** Has the containers paid for that a call is about to use, or refuses it. */
    public void payContainers(Key key, Set<String> ids) {
        try {
            for (String id : ids) {
                switch (containers.begin(id, key)) {
                    case ContainerUse.Answer.Open _ -> {}
                    case ContainerUse.Answer.Denied denied ->
                            throw new RefusedException(new Refusal.NotGranted(denied.why()));
                    case ContainerUse.Answer.Unpriced unpriced ->
                            throw new RefusedException(new Refusal.Unpriced(unpriced.row()));
                }
            }
        } catch (StoreException e) {
            throw new RefusedException(new Refusal.NotGranted(new Grant.Unavailable(e.toString())));
        } catch (UpstreamException e) {
            throw new RefusedException(UpstreamErrors.refusal(e));
        }
    }

    /** Whether an object is there for a key. */
    public boolean owns(Key key, ObjectKind kind, String id) {
        return kind == ObjectKind.MODEL
                ? key.allows(id) && mayUse(key, id)
                : ownedObjects.ownerOf(id).filter(owner -> owner == key.userNumber()).isPresent();
    }

    /**
     * A fine-tuned model, with its checkpoints, is the user's whose job made it. One that nobody
     * here is known to have made is for the keys that name it.
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
     * The same request with the hosted tools that earlier items of the caller's may offer to the
     * model again, where OpenAI reads such items to it; and what its own items bring is remembered.
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

    /** All that a key's user has of a kind. */
    Set<String> ids(Key key, ObjectKind kind) {
        return ownedObjects.ids(key.userNumber(), kind);
    }

    /** The same as a list has it: with the time when each was recorded, the newest first. */
    public SequencedMap<String, Long> listed(Key key, ObjectKind kind) {
        return ownedObjects.listed(key.userNumber(), kind);
    }

    /** Forgets what OpenAI has removed. */
    public void forget(String id) {
        unhindered(() -> ownedObjects.forget(id));
    }

    /** Forgets what OpenAI could not remove, since it does not have it. */
    public void forgetMissing(String id) {
        unhindered(() -> ownedObjects.forgetAfter(Duration.ZERO, id));
    }

    /**
     * Forgets what OpenAI does not have any more. What was made only just now may be unknown to a
     * part of OpenAI, and is kept.
     */
    public void forgetOld(String id) {
        unhindered(() -> ownedObjects.forgetAfter(SETTLED, id));
    }

    /** A row too many does no harm, and is no reason to withhold an answer. */
    private static void unhindered(Runnable forgetting) {
        try {
            forgetting.run();
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "object not forgotten cause={0}", e.toString());
        }
    }

    /**
     * Records what the response to a call makes its user's.
     *
     * @param object the id in its path, or null
     */
    public ObjectRecorder recorder(
            Key key, Operation operation, @Nullable String object, ReferenceScanner references) {
        return new ObjectRecorder(
                ownedObjects, recurringCharges, discard, key, operation, object, references);
    }
}
