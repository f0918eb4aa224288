package dev.oaiproxy.sandbox.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.Fault;
import dev.oaiproxy.sandbox.call.Call.Served;
import dev.oaiproxy.sandbox.http.ApiError;

/** The answer to one request of a batch. */
public record BatchAnswer(int status, JsonNode body, Served served) {
    public static BatchAnswer refusal(ApiError problem) {
        return new BatchAnswer(problem.status(), problem.json(), Served.nothing(""));
    }

    /** The body says another tier: that of the same request outside of a batch. */
    public static BatchAnswer good(JsonNode body, Served served) {
        return new BatchAnswer(
                200, body, new Served(served.model(), "batch", served.tokens(), served.extras()));
    }

    /** True if the request asks for a fault that keeps a batch from answering it. */
    public static boolean fails(Directives directives) {
        return directives.fault() == Fault.SERVER_ERROR
                || directives.fault() == Fault.RATE_LIMIT
                || directives.fault() == Fault.OVERLOADED;
    }
}
