package dev.oaiproxy.ledger.ledger;

import java.util.Locale;

/** The state of a row of the ledger. A call goes from {@link #HELD} to one of the others, once. */
public enum CallState {
    /** Its ceiling is held on its accounts, and it has not ended. */
    HELD(0),
    /** It cost what OpenAI's answer says. */
    CHARGED(1),
    /** It cost nothing, and its hold was given back. */
    RELEASED(2),
    /** What it cost is not known; an upper bound was charged. */
    ESTIMATED(3),
    /** Not a call: the signed correction of one. */
    ADJUSTED(4);

    private final int code;

    CallState(int code) {
        this.code = code;
    }

    /** The number that stands for it in the database. */
    public int code() {
        return code;
    }

    /** The state that a number in the database stands for. */
    public static CallState coded(int code) {
        for (CallState callState : values()) {
            if (callState.code == code) {
                return callState;
            }
        }
        throw new IllegalStateException("no state has the code " + code);
    }

    /**
     * The state of that lower-case name.
     *
     * @throws IllegalArgumentException naming the possible ones
     */
    public static CallState labelled(String label) {
        for (CallState callState : values()) {
            if (callState.label().equals(label)) {
                return callState;
            }
        }
        throw new IllegalArgumentException(
                "state must be held, charged, released, estimated or adjusted, not '"
                        + label
                        + "'");
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
