package dev.oaiproxy.app.boot;

import dev.oaiproxy.base.alarm.FatalErrors;
import dev.oaiproxy.base.alarm.LastingAlarm;
import dev.oaiproxy.base.schedule.PeriodicTask;
import java.io.IOException;
import java.lang.System.Logger;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Checks every few seconds that the listener lives and that no periodic task hangs. Helidon's
 * listener can end for good after an error without a sign; then the process ends, so that another
 * one can be started. A periodic task that hangs raises an alarm.
 */
final class Supervisor implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Supervisor.class.getName());
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final int CONNECT_MILLIS = 1000;
    private static final int MOST_REFUSALS = 3;

    private final InetSocketAddress address;
    private final Consumer<String> stop;
    private final LastingAlarm overdue = new LastingAlarm(LOG, "task_overdue");
    private final PeriodicTask periodicTask;
    private int refusals;

    private Supervisor(InetSocketAddress address, Duration every, Consumer<String> stop) {
        this.address = address;
        this.stop = stop;
        this.periodicTask = PeriodicTask.start("supervisor", every, this::look);
    }

    /**
     * Starts a supervisor.
     *
     * @param host the host on which the server listens
     */
    static Supervisor of(String host, int port) throws UnknownHostException {
        return of(host, port, EVERY, FatalErrors::stop);
    }

    static Supervisor of(String host, int port, Duration every, Consumer<String> stop)
            throws UnknownHostException {
        InetAddress bound = InetAddress.getByName(host);
        InetAddress reached = bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
        return new Supervisor(new InetSocketAddress(reached, port), every, stop);
    }

    /** The periodic tasks that hang, and the remedy. */
    static Optional<String> overdue() {
        List<String> names = PeriodicTask.overdue();
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "these periodic tasks hang: "
                                + String.join(", ", names)
                                + "; restart the server");
    }

    private void look() {
        overdue().ifPresentOrElse(overdue::raise, overdue::clear);
        refusals = isRefused() ? refusals + 1 : 0;
        if (refusals >= MOST_REFUSALS) {
            stop.accept("nothing listens on " + address + " any more");
        }
    }

    /** A listener that is only busy does not refuse: the system queues for it. */
    private boolean isRefused() {
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            return false;
        } catch (ConnectException refused) {
            return true;
        } catch (IOException other) {
            return false;
        }
    }

    @Override
    public void close() {
        periodicTask.close();
        periodicTask.awaitEnd();
    }
}
