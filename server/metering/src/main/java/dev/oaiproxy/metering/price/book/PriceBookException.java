package dev.oaiproxy.metering.price.book;

/** A price book that cannot be used. The message names the file, the place and what is wrong. */
public final class PriceBookException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public PriceBookException(String message) {
        super(message);
    }

    public PriceBookException(String message, Throwable cause) {
        super(message, cause);
    }
}
