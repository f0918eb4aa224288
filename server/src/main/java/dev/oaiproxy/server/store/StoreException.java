package dev.oaiproxy.server.store;

/** The database could not be read or written. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean undone;
    private final boolean refused;

    StoreException(String message, Throwable cause, boolean undone) {
        this(message, cause, undone, false);
    }

    private StoreException(String message, Throwable cause, boolean undone, boolean refused) {
        super(message, cause);
        this.undone = undone;
        this.refused = refused;
    }

    /** For a statement that the database will never take, however often it is tried. */
    static StoreException refused(Throwable cause) {
        return new StoreException("the database refused a statement", cause, true, true);
    }

    /** Whether trying again is of no use. */
    boolean isRefused() {
        return refused;
    }

    /** Whether what was to be written has surely not been; otherwise it may have been. */
    public boolean isUndone() {
        return undone;
    }
}
