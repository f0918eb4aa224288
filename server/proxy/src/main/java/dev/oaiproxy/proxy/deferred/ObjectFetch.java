package dev.oaiproxy.proxy.deferred;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;

/** Requests that the proxy makes for itself. */
public final class ObjectFetch {
    static final int OK = 200;
    public static final int NOT_FOUND = 404;
    static final int BUFFER_BYTES = 16 << 10;
    private static final int LARGEST_OBJECT = 4 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ObjectFetch() {}

    public static UpstreamResponse get(Upstream upstream, String path) throws UpstreamException {
        return upstream.send(new UpstreamRequest("GET", path, Headers.NONE, new byte[0]));
    }

    /** The JSON of a successful response; a missing node for anything else. */
    public static JsonNode object(UpstreamResponse response) throws UpstreamException {
        if (response.status() != OK) {
            return MissingNode.getInstance();
        }
        byte[] json = response.readAtMost(LARGEST_OBJECT + 1);
        if (json.length > LARGEST_OBJECT) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(json);
        } catch (IOException malformed) {
            return MissingNode.getInstance();
        }
    }

    /** Deletes an object at OpenAI, and returns the status. */
    public static int delete(Upstream upstream, String path) throws UpstreamException {
        UpstreamRequest request = new UpstreamRequest("DELETE", path, Headers.NONE, new byte[0]);
        try (UpstreamResponse response = upstream.send(request)) {
            return response.status();
        }
    }

    /** The result for a response without the requested object. */
    static SettlementResult without(UpstreamResponse response) {
        return response.status() == NOT_FOUND
                ? new SettlementResult.Gone()
                : new SettlementResult.NotYet("OpenAI returned status " + response.status());
    }
}
