package dev.oaiproxy.app.boot;

import java.util.logging.LogManager;

/**
 * Keeps the log open to the very end. The JDK's own manager closes it as soon as the process is
 * told to stop, while calls in flight still end and are charged.
 */
public final class LastingLog extends LogManager {
    @Override
    public void reset() {
        // Each handler writes its lines at once, so that nothing is lost when it stays open.
    }
}
