package dev.oaiproxy.proxy.connection;

/** Says that the bytes of a connection cannot be read on as requests. */
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
