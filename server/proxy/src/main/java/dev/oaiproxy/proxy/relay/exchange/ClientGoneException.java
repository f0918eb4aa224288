package dev.oaiproxy.proxy.relay.exchange;

/** The client has disconnected. */
public final class ClientGoneException extends Exception {
    private static final long serialVersionUID = 1L;

    public ClientGoneException(Throwable cause) {
        super("the client has disconnected", cause);
    }
}
