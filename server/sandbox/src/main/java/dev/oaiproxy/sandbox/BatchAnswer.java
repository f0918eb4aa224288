package dev.oaiproxy.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Call.Served;
import dev.oaiproxy.sandbox.http.Problem;

/** The answer to one request of a batch. */
record BatchAnswer(int status, JsonNode body, Served served) {
    static BatchAnswer refusal(Problem problem) {
        return new BatchAnswer(problem.status(), problem.json(), Served.nothing(""));
    }

    /** The body says another tier: that of the same request outside of a batch. */
    static BatchAnswer good(JsonNode body, Served served) {
        return new BatchAnswer(
                200, body, new Served(served.model(), "batch", served.tokens(), served.extras()));
    }

    /** True if the request asks for a fault that keeps a batch from answering it. */
    static boolean fails(Directives directives) {
        return directives.fault() == Fault.SERVER_ERROR
                || directives.fault() == Fault.RATE_LIMIT
                || directives.fault() == Fault.OVERLOADED;
    }
}
