package dev.oaiproxy.proxy.upstream;

/** OpenAI, or whatever speaks its API. Safe for use by many threads; a call blocks its own. */
public interface Upstream extends AutoCloseable {
    /**
     * Sends a request and waits for the head of its answer.
     *
     * @return the answer, which the caller must close, whatever its status
     * @throws UpstreamException when there is no answer; its kind says whether OpenAI can have
     *     charged for the request
     */
    UpstreamResponse send(UpstreamRequest request) throws UpstreamException;

    /** Closes every connection, also those that an answer is still read from. */
    @Override
    void close();
}
