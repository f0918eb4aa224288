package dev.oaiproxy.base.budget;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * One counter over the process of all bytes that are held for clients and about them, with a limit
 * in relation to the heap. Takes and gives are atomic additions; nobody ever waits.
 */
public final class ByteBudget {
    private static final int WHOLE_PERCENT = 100;

    private final long limit;
    private final AtomicLong used = new AtomicLong();
    private final Map<Use, LongAdder> refusals = new ConcurrentHashMap<>();
    private final Map<String, Owner> owners = new ConcurrentHashMap<>();

    /**
     * The purpose that bytes are held for. The less a purpose matters, the earlier it is refused:
     * recording gives way first, then new work, and calls under way may use all there is.
     */
    public enum Use {
        /** Copies of requests and responses for the operator; cut when they do not fit. */
        RECORDING(50),
        /** Bodies of requests and the copies that edits make; refused with 503. */
        REQUEST(90),
        /** Messages of clients on WebSockets; the socket is closed with 1013. */
        SOCKET_MESSAGE(90),
        /** Bodies of the admin API, so that an operator can still act; refused with 503. */
        ADMIN(100),
        /** Memory of a call under way: for reading, charging and answering it. */
        RESPONSE(100);

        private final int percent;

        Use(int percent) {
            this.percent = percent;
        }

        /** Its name in metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param limit the most that all uses together may hold, in bytes
     */
    public ByteBudget(long limit) {
        if (limit <= 0) {
            throw new IllegalArgumentException("a budget needs a limit above 0");
        }
        this.limit = limit;
    }

    /** Opens a lease, which holds nothing yet. */
    public Lease lease() {
        return new Lease(this);
    }

    /** The bytes that are held now. */
    public long used() {
        return used.get();
    }

    /** The most bytes that may be held. */
    public long limit() {
        return limit;
    }

    /** The most that a use could ever take, with nothing else held. */
    public long limit(Use use) {
        return limit / WHOLE_PERCENT * use.percent
                + limit % WHOLE_PERCENT * use.percent / WHOLE_PERCENT;
    }

    /** The number of times since the start that bytes for a use did not fit. */
    public long refusals(Use use) {
        return counter(use).sum();
    }

    /** The sum of the leases of one user. */
    static final class Owner {
        private final String name;
        private final AtomicLong held = new AtomicLong();
        private int leases;

        private Owner(String name) {
            this.name = name;
        }
    }

    /** A lease becomes one of a user's. */
    Owner join(String user) {
        return owners.compute(
                user,
                (name, known) -> {
                    Owner owner = known == null ? new Owner(name) : known;
                    owner.leases++;
                    return owner;
                });
    }

    /** Counts the end of a lease of a user. */
    void leave(Owner owner) {
        owners.computeIfPresent(owner.name, (_, known) -> --known.leases == 0 ? null : known);
    }

    /** The number of users that hold leases, for tests. */
    int owners() {
        return owners.size();
    }

    /**
     * Takes bytes for one user's lease if they fit. One user has half of what there is, so that
     * nobody can keep others out; a single lease may have more.
     *
     * @param ofLease the bytes that the lease itself holds
     */
    boolean take(Use use, long bytes, Owner owner, long ofLease) {
        long after = owner.held.addAndGet(bytes);
        boolean alone = after - bytes <= ofLease;
        if ((alone || after <= limit(use) / 2) && take(use, bytes)) {
            return true;
        }
        owner.held.addAndGet(-bytes);
        if (!alone && after > limit(use) / 2) {
            counter(use).increment();
        }
        return false;
    }

    /** Gives bytes of one user's lease back. */
    void give(long bytes, Owner owner) {
        owner.held.addAndGet(-bytes);
        give(bytes);
    }

    /** Takes bytes if they fit; counts it when they do not. */
    boolean take(Use use, long bytes) {
        long most = limit(use);
        long now = used.get();
        while (bytes <= most - now) {
            if (used.compareAndSet(now, now + bytes)) {
                return true;
            }
            now = used.get();
        }
        counter(use).increment();
        return false;
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    private LongAdder counter(Use use) {
        return refusals.computeIfAbsent(use, _ -> new LongAdder());
    }
}
