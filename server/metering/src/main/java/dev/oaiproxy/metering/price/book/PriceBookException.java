package dev.oaiproxy.metering.price.book;

/**
 * The error of a price book that cannot be used. The message names the file, the position and the
 * problem.
 */
public final class PriceBookException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public PriceBookException(String message) {
        super(message);
    }

    public PriceBookException(String message, Throwable cause) {
        super(message, cause);
    }
}
