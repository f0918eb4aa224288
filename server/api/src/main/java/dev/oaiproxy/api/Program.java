package dev.oaiproxy.api;

import java.util.Map;

/**
 * A long-running part that the command line can start in its own process, found through {@link
 * java.util.ServiceLoader}, so that the command line need not compile against it.
 */
public interface Program {
    /** The sub-command that starts it: {@code serve} or {@code sandbox}. */
    String name();

    /**
     * Runs until the process is told to stop.
     *
     * @param settings settings by their path ({@code server.port}) that override all others
     * @return the exit code
     */
    int run(Map<String, String> settings);
}
