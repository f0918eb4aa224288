package dev.oaiproxy.proxy.upstream;

/** A client of OpenAI's API. Safe for use by many threads; a call blocks its own thread. */
public interface Upstream extends AutoCloseable {
    /**
     * Sends a request and waits for the head of its response.
     *
     * @return the response, which the caller must close, whatever its status
     * @throws UpstreamException when there is no response; its send state says whether OpenAI may
     *     have charged for the request
     */
    UpstreamResponse send(UpstreamRequest request) throws UpstreamException;

    /** Closes every connection, also those whose responses are still being read. */
    @Override
    void close();
}
