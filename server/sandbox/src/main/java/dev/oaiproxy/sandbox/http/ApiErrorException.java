package dev.oaiproxy.sandbox.http;

/** Ends the handling of a request with an error, which becomes the response. */
public final class ApiErrorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    ApiErrorException(ApiError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    public ApiError error() {
        return error;
    }
}
