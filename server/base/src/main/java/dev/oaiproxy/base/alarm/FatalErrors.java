package dev.oaiproxy.base.alarm;

import java.io.PrintStream;
import java.lang.System.Logger;
import java.util.Optional;

/**
 * Ends the process after an error that it cannot survive. A process that has run out of memory
 * looks alive and serves nobody, so that nothing would start it again; one that ends is started
 * again, and its books are in order however it ends.
 *
 * <p>It handles what ends a thread, and what code that catches errors {@link #report reports}. The
 * JVM itself ends a process that runs out of heap, when the launcher has told it to.
 */
public final class FatalErrors implements Thread.UncaughtExceptionHandler {
    /** The exit code, which is that of the JVM when it ends a process for lack of memory. */
    public static final int EXIT_CODE = 3;

    private static final Logger LOG = System.getLogger(FatalErrors.class.getName());
    private static final int MOST_CAUSES = 20;

    private final PrintStream err;
    private final Runnable terminate;

    /**
     * @param err where the one line goes that says why the process ends
     * @param terminate ends the process at once, without waiting for anything
     */
    public FatalErrors(PrintStream err, Runnable terminate) {
        this.err = err;
        this.terminate = terminate;
    }

    /**
     * Reports an error to the handler of uncaught exceptions if the process cannot survive it. For
     * code that catches errors because others depend on its thread.
     */
    public static void report(Throwable error) {
        fatal(error)
                .ifPresent(
                        cause -> {
                            Thread thread = Thread.currentThread();
                            thread.getUncaughtExceptionHandler().uncaughtException(thread, cause);
                        });
    }

    /** Ends the process because it lacks something without which it serves nobody. */
    public static void stop(String why) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, new Stopped(why));
    }

    /** Something that the process needs has ended. */
    private static final class Stopped extends Error {
        private static final long serialVersionUID = 1L;

        Stopped(String why) {
            super(why);
        }
    }

    /** A stack that overflows is the fault of one call; any other error of the JVM is of all. */
    private static Optional<Throwable> fatal(Throwable error) {
        Throwable cause = error;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            if (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError)) {
                return Optional.of(cause);
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    /**
     * Ends the process if a platform thread ends by an error, because all of them are needed, or if
     * any thread ends by an error that the process cannot survive. Else one call has failed.
     */
    @Override
    public void uncaughtException(Thread thread, Throwable error) {
        boolean needed = error instanceof Error && !thread.isVirtual();
        if (needed || fatal(error).isPresent()) {
            end(thread, error);
        } else {
            Alarms.raise(LOG, "thread_failed", error);
        }
    }

    private void end(Thread thread, Throwable error) {
        try {
            err.println(
                    "oaiproxy: ended because of "
                            + words(error)
                            + " in thread "
                            + thread.getName()
                            + "; start it again: nothing is lost. If it lacks memory, give it more,"
                            + " as with OAIPROXY_JAVA_OPTS=-Xmx1g");
            err.flush();
        } finally {
            terminate.run();
        }
    }

    private static String words(Throwable error) {
        String all = error instanceof Stopped ? error.getMessage() : error.toString();
        return String.valueOf(all).lines().findFirst().orElse("an error");
    }
}
