package dev.oaiproxy.ledger.store.sql;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The database could not be read or written. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private enum Failure {
        UNDONE,
        UNKNOWN,
        REFUSED,
        TOLD
    }

    private final Failure kind;

    private StoreException(Failure kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** A failure after which nothing was written. */
    public static StoreException undone(String message) {
        return new StoreException(Failure.UNDONE, message, null);
    }

    /** A failure after which nothing was written. */
    public static StoreException undone(String message, Throwable cause) {
        return new StoreException(Failure.UNDONE, message, cause);
    }

    /** A failure of a write that may have succeeded. */
    public static StoreException unknown(String message, Throwable cause) {
        return new StoreException(Failure.UNKNOWN, message, cause);
    }

    /**
     * A fault that an operator has to mend; nothing was written.
     *
     * @param words what is wrong and what to do
     */
    public static StoreException told(String words, @Nullable Throwable cause) {
        return new StoreException(Failure.TOLD, words, cause);
    }

    /** The problem and its remedy, for a fault that an operator has to fix. */
    public Optional<String> words() {
        return kind == Failure.TOLD ? Optional.ofNullable(getMessage()) : Optional.empty();
    }

    /** A statement that the database will never accept. */
    public static StoreException refused(Throwable cause) {
        return new StoreException(Failure.REFUSED, "the database refused a statement", cause);
    }

    /** True when a retry is of no use. */
    public boolean isRefused() {
        return kind == Failure.REFUSED;
    }

    /** True when nothing was written; otherwise the write may have succeeded. */
    public boolean isUndone() {
        return kind != Failure.UNKNOWN;
    }
}
