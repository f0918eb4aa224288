package dev.oaiproxy.proxy.log;

import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/** Sets up the log of the process, for any {@code logging.properties} that it was started with. */
public final class LogSetup {
    /** Loggers that write a stack trace for a client's mistakes. */
    private static final List<Logger> OF_CLIENTS =
            List.of(
                    Logger.getLogger("io.helidon.http.DirectHandler"),
                    Logger.getLogger("io.helidon.webserver.ConnectionHandler"),
                    Logger.getLogger("io.helidon.webserver.ProxyProtocolHandler"),
                    Logger.getLogger("io.helidon.webserver.http.DirectHandlers"),
                    Logger.getLogger("io.helidon.webserver.http.ErrorHandlers"),
                    Logger.getLogger("io.helidon.webserver.http.HttpRoutingImpl"),
                    Logger.getLogger("io.helidon.webserver.http1.Http1Connection"),
                    Logger.getLogger("io.helidon.webserver.http1.Http1ServerRequestWithEntity"),
                    Logger.getLogger("io.helidon.webserver.http1.Http1ServerResponse"));

    private LogSetup() {}

    /**
     * Sets the format of lines, and replaces the HTTP server's messages about clients by counts.
     *
     * @param limited writes those counts
     */
    public static void install(LogFormat format, LimitedLog limited) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            if (format == LogFormat.JSON || isOurs(handler.getFormatter())) {
                handler.setFormatter(new LineFormatter(format));
                if (!(handler instanceof QueuedHandler)) {
                    root.removeHandler(handler);
                    root.addHandler(new QueuedHandler(handler));
                }
            }
        }
        ClientErrorLog errors = new ClientErrorLog(limited);
        for (Logger logger : OF_CLIENTS) {
            // An error of our own arrives here too, and must be seen.
            if (Level.OFF.equals(logger.getLevel())) {
                logger.setLevel(null);
            }
            logger.setFilter(errors);
        }
    }

    /** Writes the lines that wait; from now on each line is written at once. */
    public static void finish() {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.flush();
        }
    }

    /** The lines of this process that were dropped because the log was written too slowly. */
    public static long droppedLines() {
        return QueuedHandler.dropped();
    }

    private static boolean isOurs(@Nullable Formatter formatter) {
        return formatter instanceof SimpleFormatter || formatter instanceof LineFormatter;
    }
}
