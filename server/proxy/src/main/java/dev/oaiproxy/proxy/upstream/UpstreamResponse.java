package dev.oaiproxy.proxy.upstream;

/**
 * An answer of OpenAI, whose body is read as it comes.
 *
 * <p>One thread reads; any thread may close, and so end the reading.
 */
public interface UpstreamResponse extends AutoCloseable {
    /** The HTTP status, 200 to 999; interim answers (1xx) are not shown. */
    int status();

    /** The headers as OpenAI sent them, with those that frame the message. */
    Headers headers();

    /**
     * Reads bytes of the body as soon as there are any; never waits to fill the buffer.
     *
     * @param buffer takes the bytes; must have room for at least one
     * @return how many bytes were read, or -1 at the proper end of the body
     * @throws UpstreamException when the body broke before its end, or OpenAI was silent for too
     *     long
     */
    int read(byte[] buffer) throws UpstreamException;

    /**
     * Ends the answer. Before its proper end this breaks the connection, so that OpenAI stops
     * working; after it, it does nothing.
     */
    @Override
    void close();
}
