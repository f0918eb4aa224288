package dev.oaiproxy.proxy.connection;

/** The bytes of a connection can no longer be read as requests. */
final class FramingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FramingFault fault;

    FramingException(FramingFault fault) {
        super(fault.message(), null, false, false);
        this.fault = fault;
    }

    FramingFault fault() {
        return fault;
    }
}
