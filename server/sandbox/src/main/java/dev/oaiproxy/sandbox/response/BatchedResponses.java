package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BatchAnswer;
import dev.oaiproxy.sandbox.call.Sandbox;
import dev.oaiproxy.sandbox.http.ApiError;
import java.util.Optional;

/** Answers the requests of a batch for responses. */
public record BatchedResponses(Sandbox sandbox) {
    public BatchAnswer answer(JsonNode body) {
        Optional<ApiError> problem = new ResponseCheck(body, sandbox).problem();
        if (problem.isPresent()) {
            return BatchAnswer.refusal(problem.get());
        }
        ResponseOrder order = ResponseOrder.of(body, Responses.context(body, sandbox), sandbox);
        Directives directives = Directives.parse(order.userText());
        if (BatchAnswer.fails(directives)) {
            return BatchAnswer.refusal(ApiError.serverError());
        }
        ResponsePlan plan = ResponsePlan.of(order, directives, sandbox);
        ResponseStep last = ResponseScript.of(plan, new ResponseShapes(plan)).getLast();
        return BatchAnswer.good(last.event().path("response"), plan.served(last));
    }
}
