package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.alarm.FatalErrors;
import java.lang.System.Logger;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One thread that ends the waits for databases that last too long. It sleeps while nobody waits.
 * All waits depend on it, so that it goes on after every error that the process survives.
 */
final class WaitWatch {
    private static final Logger LOG = System.getLogger(WaitWatch.class.getName());
    private static final long PAUSE_NANOS = 20_000_000;

    private static final Set<Wait> WAITS = ConcurrentHashMap.newKeySet();
    private static final Thread THREAD =
            Thread.ofPlatform().name("database-waits").daemon().start(WaitWatch::loop);

    /** True while the thread sleeps until somebody waits. */
    private static volatile boolean asleep;

    private WaitWatch() {}

    /** Somebody who waits. Each is another, whatever it waits for. */
    static final class Wait {
        private final CompletableFuture<?> outcome;
        private final BooleanSupplier over;

        /**
         * @param outcome is awaited, and ends with a {@link TimeoutException}
         * @param over true when it has been waited for too long
         */
        Wait(CompletableFuture<?> outcome, BooleanSupplier over) {
            this.outcome = outcome;
            this.over = over;
        }

        /** Ends the wait when it is over, and when an error keeps it from being measured. */
        private void check() {
            try {
                if (over.getAsBoolean()) {
                    outcome.completeExceptionally(new TimeoutException());
                }
            } catch (RuntimeException | Error e) {
                WAITS.remove(this);
                outcome.completeExceptionally(new TimeoutException());
                FatalErrors.report(e);
                Alarms.raise(LOG, "task_failed", "name=database-waits cause={0}", e.toString());
            }
        }
    }

    static void enter(Wait wait) {
        WAITS.add(wait);
        if (asleep) {
            LockSupport.unpark(THREAD);
        }
    }

    static void leave(Wait wait) {
        WAITS.remove(wait);
    }

    private static void loop() {
        while (true) {
            asleep = true;
            while (WAITS.isEmpty()) {
                LockSupport.park(WAITS);
            }
            asleep = false;
            WAITS.forEach(Wait::check);
            LockSupport.parkNanos(WAITS, PAUSE_NANOS);
        }
    }
}
