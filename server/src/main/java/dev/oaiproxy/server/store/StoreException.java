package dev.oaiproxy.server.store;

/** The database could not be read or written. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whether what was to be written has surely not been. */
    private final boolean undone;

    StoreException(String message, Throwable cause, boolean undone) {
        super(message, cause);
        this.undone = undone;
    }

    /** Whether what was to be written has surely not been; otherwise it may have been. */
    public boolean isUndone() {
        return undone;
    }
}
