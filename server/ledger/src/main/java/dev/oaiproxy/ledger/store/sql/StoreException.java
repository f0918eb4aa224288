package dev.oaiproxy.ledger.store.sql;

import java.util.Optional;

/** The database could not be read or written. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean undone;
    private final boolean refused;
    private final boolean told;

    public StoreException(String message, Throwable cause, boolean undone) {
        this(message, cause, undone, Kind.FAILED);
    }

    private enum Kind {
        FAILED,
        REFUSED,
        TOLD
    }

    private StoreException(String message, Throwable cause, boolean undone, Kind kind) {
        super(message, cause);
        this.undone = undone;
        this.refused = kind == Kind.REFUSED;
        this.told = kind == Kind.TOLD;
    }

    /**
     * A fault that an operator has to mend; nothing was written.
     *
     * @param words what is wrong and what to do
     */
    public static StoreException told(String words, Throwable cause) {
        return new StoreException(words, cause, true, Kind.TOLD);
    }

    /** What is wrong and what to do, for a fault that an operator has to mend. */
    public Optional<String> words() {
        return told ? Optional.ofNullable(getMessage()) : Optional.empty();
    }

    /** A statement that the database will never accept. */
    public static StoreException refused(Throwable cause) {
        return new StoreException("the database refused a statement", cause, true, Kind.REFUSED);
    }

    /** True when a retry is of no use. */
    public boolean isRefused() {
        return refused;
    }

    /** True when nothing was written; otherwise the write may have succeeded. */
    public boolean isUndone() {
        return undone;
    }
}
