package dev.oaiproxy.sandbox.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.http.ApiError;

/** The response to one request of a batch. */
public record BatchResponse(int status, JsonNode body, ServedUsage served) {
    public static BatchResponse refusal(ApiError problem) {
        return new BatchResponse(problem.status(), problem.json(), ServedUsage.nothing(""));
    }

    /** Bills the batch tier; the body keeps the tier of the same request outside a batch. */
    public static BatchResponse good(JsonNode body, ServedUsage served) {
        return new BatchResponse(
                200,
                body,
                new ServedUsage(served.model(), "batch", served.tokens(), served.extras()));
    }

    /** Fails the request if the directives contain a fault that a batch has, too. */
    public static void failIfAsked(Directives directives) {
        switch (directives.fault()) {
            case SERVER_ERROR, RATE_LIMIT, OVERLOADED -> throw ApiError.serverError();
            default -> {}
        }
    }
}
