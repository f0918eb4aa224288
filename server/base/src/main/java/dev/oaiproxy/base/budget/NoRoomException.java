package dev.oaiproxy.base.budget;

/** Bytes did not fit into the budget where no value can say so. */
public final class NoRoomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The message for the client. */
    public static final String MESSAGE =
            "This proxy has no memory to spare; please try again later.";

    public NoRoomException() {
        super(MESSAGE);
    }
}
