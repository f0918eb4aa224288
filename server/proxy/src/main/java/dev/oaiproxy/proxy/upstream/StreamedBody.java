package dev.oaiproxy.proxy.upstream;

import java.io.IOException;

/** A request body that is sent as it comes. One thread reads it, once. */
public interface StreamedBody {
    /** The number of bytes, or -1 when unknown. */
    long length();

    /**
     * Reads the bytes that are there, waiting only when there are none.
     *
     * @return the number of bytes, or -1 at the end
     * @throws IOException when the body breaks off, which breaks the request off
     */
    int read(byte[] buffer) throws IOException;
}
