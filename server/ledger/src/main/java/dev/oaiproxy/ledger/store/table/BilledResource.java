package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.metering.object.ObjectKind;
import java.time.Duration;
import java.time.Instant;

/**
 * A vector store or a container, which OpenAI bills while it keeps it.
 *
 * @param user the number of its user
 * @param key the number of the key that made it
 * @param paidUntil the end of the paid time; {@link Instant#EPOCH} for never paid
 * @param bytes the paid size
 * @param memory the memory size of a container, empty until known
 * @param idle the time after its last use at which a container ends
 * @param used the last use of a container, or the start of billing of a vector store
 * @param misses the number of times in a row that OpenAI did not know it
 * @param owed the time since which the quota has not allowed the charge; {@link Instant#EPOCH} for
 *     none
 * @param next its next due time
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
    /** True once anything of it has been paid. */
    public boolean isPaid() {
        return !paidUntil.equals(Instant.EPOCH);
    }

    /** The resource after a payment for a time and a size. */
    public BilledResource paid(Instant until, long size) {
        return new BilledResource(
                id, kind, user, key, until, size, memory, idle, used, 0, Instant.EPOCH, next);
    }

    /** The container, as OpenAI describes it. */
    public BilledResource described(String size, Duration idleTime, Instant usedAt) {
        return new BilledResource(
                id, kind, user, key, paidUntil, bytes, size, idleTime, usedAt, 0, owed, next);
    }

    /** The resource with a later due time. */
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

    /** The resource, once more not found. */
    public BilledResource missed(Instant again) {
        return new BilledResource(
                id, kind, user, key, paidUntil, bytes, memory, idle, used, misses + 1, owed, again);
    }
}
