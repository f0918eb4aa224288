package dev.oaiproxy.ledger.ledger;

import java.util.Arrays;
import java.util.Locale;

/** The state of a row of the ledger. A call goes from {@link #HELD} to one of the others, once. */
public enum CallState {
    /** The call has not ended; its ceiling is held on its accounts. */
    HELD(0),
    /** The call was charged by the usage that OpenAI reported. */
    CHARGED(1),
    /** The call cost nothing, and its hold was given back. */
    RELEASED(2),
    /** The cost is unknown; an upper bound was charged. */
    ESTIMATED(3),
    /** A signed correction of a call. */
    ADJUSTED(4);

    private final int code;

    CallState(int code) {
        this.code = code;
    }

    /** Its number in the database. */
    public int code() {
        return code;
    }

    /** The state with a number in the database. */
    public static CallState coded(int code) {
        return Arrays.stream(values())
                .filter(one -> one.code == code)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no state has the code " + code));
    }

    /**
     * The state with a lower-case name.
     *
     * @throws IllegalArgumentException naming the possible ones
     */
    public static CallState labelled(String label) {
        return Arrays.stream(values())
                .filter(one -> one.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "state must be held, charged, released, estimated or"
                                                + " adjusted, not '"
                                                + label
                                                + "'"));
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
