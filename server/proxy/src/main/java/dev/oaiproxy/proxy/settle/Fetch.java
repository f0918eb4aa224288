package dev.oaiproxy.proxy.settle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Request;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Requests of the proxy's own. */
final class Fetch {
    static final int OK = 200;
    static final int NOT_FOUND = 404;
    static final int BUFFER_BYTES = 16 << 10;
    private static final int LARGEST_OBJECT = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Fetch() {}

    static Answer get(Upstream upstream, String path) throws UpstreamException {
        return upstream.send(new Request("GET", path, Headers.NONE, new byte[0]));
    }

    /** The JSON of a good answer; a missing node for anything else. */
    static JsonNode object(Answer answer) throws UpstreamException {
        if (answer.status() != OK) {
            return MissingNode.getInstance();
        }
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = answer.read(buffer); n >= 0; n = answer.read(buffer)) {
            json.write(buffer, 0, n);
            if (json.size() > LARGEST_OBJECT) {
                return MissingNode.getInstance();
            }
        }
        try {
            return JSON.readTree(json.toByteArray());
        } catch (IOException malformed) {
            return MissingNode.getInstance();
        }
    }

    /** Has OpenAI remove something; the status of its answer. */
    static int delete(Upstream upstream, String path) throws UpstreamException {
        Request request = new Request("DELETE", path, Headers.NONE, new byte[0]);
        try (Answer answer = upstream.send(request)) {
            return answer.status();
        }
    }

    /** What to make of an answer that is not the object that was asked for. */
    static Verdict without(Answer answer) {
        return answer.status() == NOT_FOUND
                ? new Verdict.Gone()
                : new Verdict.NotYet("OpenAI answered " + answer.status());
    }
}
