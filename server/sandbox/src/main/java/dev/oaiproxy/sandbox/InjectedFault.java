package dev.oaiproxy.sandbox;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The ways in which OpenAI fails. In a directive each is named in lower case with hyphens. */
public enum InjectedFault {
    /** None. */
    NONE,
    /** 429, too many requests a minute. */
    RATE_LIMIT,
    /** 500. */
    SERVER_ERROR,
    /** 503, too much to do. */
    OVERLOADED,
    /** 429, because the owner of the key has no credit left. */
    QUOTA,
    /** The connection is closed without a byte of an answer. */
    CLOSE,
    /** The connection is closed inside the body. */
    CUT,
    /** Nothing more is sent inside the body, and the connection stays open. */
    STALL,
    /** An error event inside a stream, which ends without {@code [DONE]}. */
    ERROR_EVENT,
    /** The answer has no usage, although it was asked for. */
    NO_USAGE,
    /** Parts of the usage are larger than its totals. */
    BAD_USAGE,
    /** Counts below zero. */
    NEGATIVE_USAGE,
    /** A response fails after it has begun, and says what it has cost. */
    FAILED,
    /** A response fails after it has begun, says nothing of what it has cost, and is not billed. */
    FAILED_NO_USAGE;

    static Optional<InjectedFault> named(String name) {
        return switch (name) {
            case "429" -> Optional.of(RATE_LIMIT);
            case "500" -> Optional.of(SERVER_ERROR);
            case "503" -> Optional.of(OVERLOADED);
            default -> Arrays.stream(values()).filter(f -> f.words().equals(name)).findAny();
        };
    }

    private String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
