package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.metering.object.ObjectKind;
import java.time.Duration;
import java.time.Instant;

/**
 * A vector store or a container, for which OpenAI bills while it keeps it.
 *
 * @param user the number of its user
 * @param key the number of the key that made it
 * @param paidUntil until when it is paid; {@link Instant#EPOCH} for not at all
 * @param bytes the size that is paid for
 * @param memory the size of a container, empty until it is known
 * @param idle how long after its last use a container ends
 * @param used when a container was last used, or from when on a vector store is to be paid
 * @param misses how often in a row OpenAI has not known it
 * @param owed since when the quota has not allowed what is due; {@link Instant#EPOCH} for not at
 *     all
 * @param next when it is to be seen to
 */
public record BilledResource(
        String id,
        ObjectKind kind,
        long user,
        long key,
        Instant paidUntil,
        long bytes,
        String memory,
        Duration idle,
        Instant used,
        long misses,
        Instant owed,
        Instant next) {
    /** Whether anything of it has ever been paid. */
    public boolean isPaid() {
        return !paidUntil.equals(Instant.EPOCH);
    }

    /** The same, paid until then for that size. */
    public BilledResource paid(Instant until, long size) {
        return new BilledResource(
                id, kind, user, key, until, size, memory, idle, used, 0, Instant.EPOCH, next);
    }

    /** The same container, as OpenAI describes it. */
    public BilledResource described(String size, Duration idleTime, Instant usedAt) {
        return new BilledResource(
                id, kind, user, key, paidUntil, bytes, size, idleTime, usedAt, 0, owed, next);
    }

    /** The same, with nothing due before then. */
    public BilledResource due(Instant at) {
        return new BilledResource(
                id,
                kind,
                user,
                key,
                paidUntil,
                bytes,
                memory,
                idle,
                used,
                misses,
                Instant.EPOCH,
                at);
    }

    /** The same, once more not found. */
    public BilledResource missed(Instant again) {
        return new BilledResource(
                id, kind, user, key, paidUntil, bytes, memory, idle, used, misses + 1, owed, again);
    }
}
