package dev.oaiproxy.proxy.relay.exchange;

import dev.oaiproxy.proxy.upstream.Headers;
import java.nio.ByteBuffer;

/** Where an answer goes. Used by one thread. */
public interface ClientExchange {
    /** Answers with an error of the proxy's own; nothing has been sent before. */
    void refuse(Refusal why) throws ClientGoneException;

    /** Begins an answer. Nothing need leave before its first byte. */
    void begin(int status, Headers headers);

    /** Sends bytes at once. */
    void write(ByteBuffer bytes) throws ClientGoneException;

    /** Ends the answer properly. */
    void finish() throws ClientGoneException;

    /** Breaks the answer off, so that the client sees that it is not whole. */
    void abort();
}
