package dev.oaiproxy.proxy.log;

import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.util.HashSet;
import java.util.Set;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the HTTP server's log lines about its clients. Errors that a client causes are counted,
 * without a stack trace and without any text of the client. Errors in our own code keep their
 * trace. Each is written at most once a second.
 */
record ClientErrorLog(LimitedLog limited) implements Filter {
    private static final Logger LOG = System.getLogger("dev.oaiproxy.server.http");
    private static final String OURS = "dev.oaiproxy.";
    private static final String HTTP_SERVER = "io.helidon.";
    private static final int MOST_CAUSES = 8;

    /** Lets debug messages pass: somebody has lowered the level to see them. */
    @Override
    public boolean isLoggable(LogRecord record) {
        if (record.getLevel().intValue() < Level.INFO.intValue()) {
            return true;
        }
        Throwable bug = bug(record.getThrown());
        if (bug != null) {
            unexpected(bug);
        } else {
            String kind = kind(record);
            limited.add(
                    "connection_failed " + kind,
                    (count, since) ->
                            LOG.log(
                                    Logger.Level.INFO,
                                    "event=connection_failed kind={0} count={1} since={2}",
                                    kind,
                                    count,
                                    since));
        }
        return false;
    }

    private void unexpected(Throwable bug) {
        StackTraceElement[] frames = bug.getStackTrace();
        String place = bug.getClass().getName() + (frames.length == 0 ? "" : " " + frames[0]);
        limited.add(
                "unexpected " + place,
                (count, since) ->
                        LOG.log(
                                Logger.Level.ERROR,
                                "event=unexpected_error count=" + count + " since=" + since,
                                bug));
    }

    private static String kind(LogRecord record) {
        Throwable thrown = record.getThrown();
        String source = thrown == null ? record.getLoggerName() : thrown.getClass().getName();
        return source.substring(source.lastIndexOf('.') + 1);
    }

    /** The unexpected exception of our own code, if there is one. */
    private static @Nullable Throwable bug(@Nullable Throwable thrown) {
        Set<Throwable> seen = new HashSet<>();
        Throwable some = thrown;
        while (some != null && seen.add(some) && seen.size() <= MOST_CAUSES) {
            if (isUnexpected(some) && isFromOurs(some)) {
                return some;
            }
            some = some.getCause();
        }
        return null;
    }

    private static boolean isUnexpected(Throwable thrown) {
        return (thrown instanceof RuntimeException || thrown instanceof Error)
                && !(thrown instanceof UncheckedIOException)
                && !thrown.getClass().getName().startsWith(HTTP_SERVER);
    }

    /** True when the exception came from our code or from code that it called. */
    private static boolean isFromOurs(Throwable thrown) {
        for (StackTraceElement frame : thrown.getStackTrace()) {
            if (frame.getClassName().startsWith(OURS)) {
                return true;
            }
            if (frame.getClassName().startsWith(HTTP_SERVER)) {
                return false;
            }
        }
        return false;
    }
}
