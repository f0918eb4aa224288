package dev.oaiproxy.proxy.upstream;

import java.io.IOException;

/** The body of a request that is sent as it comes, piece by piece. Read once, by one thread. */
public interface StreamedBody {
    /** How many bytes there will be, or -1 when nobody knows. */
    long length();

    /**
     * Reads what is there, waiting only when there is nothing.
     *
     * @return how many bytes, or -1 at the end
     * @throws IOException when the body breaks off; the request is then broken off, too
     */
    int read(byte[] buffer) throws IOException;
}
