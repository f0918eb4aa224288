package dev.oaiproxy.base.budget;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the budget that one call or one connection holds. Closed exactly once, which gives
 * back all that it still holds; what a late thread asks for after that is refused.
 */
public final class Lease implements AutoCloseable {
    private static final long CLOSED = -1;

    private final ByteBudget budget;
    private final AtomicLong held = new AtomicLong();
    private volatile ByteBudget.@Nullable Owner owner;

    Lease(ByteBudget budget) {
        this.budget = budget;
    }

    /**
     * Says whose it is, before anything is taken.
     *
     * @param user one user, who has a share of the budget
     */
    public void belongTo(String user) {
        if (owner != null || held.get() != 0) {
            throw new IllegalStateException("a lease belongs to one user from its beginning");
        }
        owner = budget.join(user);
    }

    private boolean fits(Use use, long bytes) {
        ByteBudget.Owner one = owner;
        return one == null
                ? budget.take(use, bytes)
                : budget.take(use, bytes, one, Math.max(0, held.get()));
    }

    private void back(long bytes) {
        ByteBudget.Owner one = owner;
        if (one == null) {
            budget.give(bytes);
        } else {
            budget.give(bytes, one);
        }
    }

    /** Takes bytes; false when they do not fit, and then none are taken. */
    public boolean take(Use use, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a lease cannot take " + bytes + " bytes");
        }
        if (!fits(use, bytes)) {
            return false;
        }
        long now = held.get();
        while (now != CLOSED) {
            if (held.compareAndSet(now, now + bytes)) {
                return true;
            }
            now = held.get();
        }
        back(bytes);
        return false;
    }

    /**
     * Takes bytes.
     *
     * @throws NoRoomException when they do not fit, and then none are taken
     */
    public void require(Use use, long bytes) {
        if (!take(use, bytes)) {
            throw new NoRoomException();
        }
    }

    /** Gives back some of the bytes taken, before the end. */
    public void give(long bytes) {
        long now = held.get();
        while (now != CLOSED) {
            if (bytes < 0 || bytes > now) {
                throw new IllegalStateException("gives " + bytes + " bytes back and holds " + now);
            }
            if (held.compareAndSet(now, now - bytes)) {
                back(bytes);
                return;
            }
            now = held.get();
        }
    }

    /** The bytes that a use could hold if nobody else held any. */
    public long most(Use use) {
        return budget.limit(use);
    }

    /** Opens another lease of the same budget, which ends on its own. */
    public Lease another() {
        return budget.lease();
    }

    /** Gives back all that is still held. */
    @Override
    public void close() {
        long rest = held.getAndSet(CLOSED);
        if (rest == CLOSED) {
            throw new IllegalStateException("a lease is closed once");
        }
        back(rest);
        ByteBudget.Owner one = owner;
        if (one != null) {
            budget.leave(one);
        }
    }
}
