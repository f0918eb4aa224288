package dev.oaiproxy.proxy.relay.exchange;

import dev.oaiproxy.proxy.upstream.Headers;
import java.nio.ByteBuffer;

/** The client's side of a call. Used by one thread. */
public interface ClientExchange {
    /** Answers with an error of the proxy; nothing has been sent before. */
    void refuse(Refusal why) throws ClientGoneException;

    /** Begins a response. Its headers may wait for the first byte of its body. */
    void begin(int status, Headers headers);

    /** Sends bytes at once. */
    void write(ByteBuffer bytes) throws ClientGoneException;

    /** Ends the response properly. */
    void finish() throws ClientGoneException;

    /** Breaks the response off, so that the client notices that it is incomplete. */
    void abort();
}
