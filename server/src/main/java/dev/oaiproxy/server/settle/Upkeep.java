package dev.oaiproxy.server.settle;

import dev.oaiproxy.server.key.Key;
import dev.oaiproxy.server.ledger.CallIds;
import dev.oaiproxy.server.price.PriceBook;
import dev.oaiproxy.server.store.Accruals;
import dev.oaiproxy.server.store.Kept;
import dev.oaiproxy.server.store.Objects;
import dev.oaiproxy.server.store.StoreException;
import dev.oaiproxy.server.upstream.Upstream;
import dev.oaiproxy.server.upstream.UpstreamException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has users pay for what OpenAI keeps for them, while it is kept, and has OpenAI delete what nobody
 * can pay for any more: it would go on to cost.
 */
public final class Upkeep implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Upkeep.class.getName());
    private static final int MOST_AT_ONCE = 8;
    private static final Duration AGAIN = Duration.ofMinutes(1);

    /** What OpenAI has only just made may be unknown to a part of it. */
    private static final int MOST_MISSES = 3;

    private final Books books;
    private final Upstream upstream;
    private final StoreKeeper stores;
    private final ContainerKeeper containers;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private @Nullable Rounds rounds;

    /**
     * What is kept, whose it is, and where it is written down that it was paid.
     *
     * @param keysOf the keys of the user of a number
     */
    public record Books(
            Accruals accruals,
            Objects objects,
            LongFunction<List<Key>> keysOf,
            CallIds ids,
            InstantSource clock) {}

    public Upkeep(Books books, Upstream upstream, Supplier<PriceBook> prices) {
        Payments payments = new Payments(books, prices);
        this.books = books;
        this.upstream = upstream;
        this.stores = new StoreKeeper(upstream, payments, books.clock());
        this.containers = new ContainerKeeper(upstream, payments, books.clock());
    }

    /** What pays for containers when they are used. */
    public ContainerUse use() {
        return new ContainerUse(books.accruals(), containers, books.clock());
    }

    /** Sees to what is due from now on. */
    public void start() {
        rounds = Rounds.of(this::begin);
    }

    /** Begins with what is due now, as far as there is room for it, and does not wait. */
    private List<Future<?>> begin() {
        List<Future<?>> begun = new ArrayList<>();
        for (Kept kept : books.accruals().due(MOST_AT_ONCE)) {
            if (places.tryAcquire()) {
                begun.add(workers.submit(() -> work(kept)));
            }
        }
        return begun;
    }

    /** Sees to what is due now, and waits until that is done. */
    public void seeToDue() throws InterruptedException {
        for (Future<?> task : begin()) {
            try {
                task.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void work(Kept kept) {
        try {
            Instant again = books.clock().instant().plus(AGAIN);
            if (books.accruals().claim(kept, again)) {
                take(kept, again, seen(kept));
            }
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "not paid object={0} cause={1}", kept.id(), e.toString());
        } finally {
            places.release();
        }
    }

    private Keeper keeper(Kept kept) {
        return switch (kept.kind()) {
            case VECTOR_STORE -> stores;
            case CONTAINER -> containers;
            default -> throw new IllegalStateException("nothing is paid for a " + kept.kind());
        };
    }

    private Care seen(Kept kept) {
        try {
            return keeper(kept).see(kept);
        } catch (UpstreamException e) {
            return new Care.Unclear(e.toString());
        } catch (IllegalArgumentException | ArithmeticException e) {
            return new Care.Unclear("the cost is out of range");
        }
    }

    private void take(Kept kept, Instant again, Care care) {
        switch (care) {
            case Care.Later later -> books.accruals().note(later.kept(), again);
            case Care.Ended _ -> books.accruals().close(kept.id());
            case Care.Gone _ when kept.misses() + 1 < MOST_MISSES ->
                    books.accruals().note(kept.missed(again), again);
            case Care.Gone _ -> books.objects().forget(kept.id());
            case Care.Unpaid unpaid -> unpaid(unpaid);
            case Care.Unclear unclear -> unclear(kept, unclear.why());
        }
    }

    private void unclear(Kept kept, String why) {
        boolean overdue = kept.paidUntil().isBefore(books.clock().instant());
        LOG.log(
                overdue ? Level.ERROR : Level.WARNING,
                "{0}kind={1} object={2} paid_until={3} why={4}",
                overdue ? "alarm=upkeep_unpaid " : "upkeep_unclear ",
                kept.kind().label(),
                kept.id(),
                kept.paidUntil(),
                why);
    }

    /** Until the end of what is paid, there is time for the quota to be raised. */
    private void unpaid(Care.Unpaid unpaid) {
        Kept kept = unpaid.kept();
        boolean over = !unpaid.busy() && !kept.paidUntil().isAfter(books.clock().instant());
        LOG.log(
                Level.ERROR,
                "alarm={0} kind={1} object={2} user={3} account={4} paid_until={5}",
                over ? "deleting_unpaid" : "cannot_be_paid",
                kept.kind().label(),
                kept.id(),
                Long.toString(kept.user()),
                unpaid.why().scope(),
                kept.paidUntil());
        if (over) {
            delete(kept);
        }
    }

    private void delete(Kept kept) {
        String problem;
        try {
            int status = Fetch.delete(upstream, keeper(kept).path() + kept.id());
            if (status / 100 == 2 || status == Fetch.NOT_FOUND) {
                books.objects().forget(kept.id());
                LOG.log(Level.ERROR, "deleted_unpaid object={0}", kept.id());
                return;
            }
            problem = "OpenAI answered " + status;
        } catch (UpstreamException e) {
            problem = e.toString();
        }
        LOG.log(Level.ERROR, "alarm=not_deleted object={0} why={1}", kept.id(), problem);
    }

    /** Stops. What is not paid stays written down. */
    @Override
    public void close() {
        if (rounds != null) {
            rounds.close();
        }
        workers.shutdownNow();
    }
}
