package dev.oaiproxy.api;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * Looks an installation over, found through {@link java.util.ServiceLoader}, so that the command
 * line does it with the server's own means. No server needs to run, and nothing is changed.
 */
public interface Checkup {
    /**
     * Looks at everything; what fails does not keep the rest from being looked at.
     *
     * @param settings settings by their path that override all others, as {@code serve} takes them
     * @param openai whether to try the key at OpenAI, too
     * @param clock the time of this machine
     */
    List<Finding> examine(Map<String, String> settings, boolean openai, InstantSource clock);

    /**
     * What came of one look.
     *
     * @param check what was looked at, in a word or two
     */
    record Finding(String check, Outcome outcome) {}

    /** How it is. Whatever is not well says what to do; nothing says a secret. */
    sealed interface Outcome {
        /** What was found, in one line. */
        String found();

        /** Well. */
        record Ok(String found) implements Outcome {}

        /** The server works, but somebody should look after this. */
        record Warn(String found, String advice) implements Outcome {}

        /** The server does not start, does not work, or cannot be trusted with this. */
        record Fail(String found, String advice) implements Outcome {}
    }
}
