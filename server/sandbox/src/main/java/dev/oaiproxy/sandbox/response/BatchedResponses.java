package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BatchResponse;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import java.util.Optional;

/** Answers the response requests of a batch. */
public record BatchedResponses(SandboxState sandbox) {
    public BatchResponse answer(JsonNode body) {
        Optional<ApiError> problem = new ResponseValidation(body, sandbox).problem();
        if (problem.isPresent()) {
            return BatchResponse.refusal(problem.get());
        }
        ResponseRequest request =
                ResponseRequest.of(body, ResponsesHandler.context(body, sandbox), sandbox);
        Directives directives = Directives.parse(request.userText());
        if (BatchResponse.fails(directives)) {
            return BatchResponse.refusal(ApiError.serverError());
        }
        ResponsePlan plan = ResponsePlan.of(request, directives, sandbox);
        ResponseEvent last = ResponseEventBuilder.of(plan, new ResponseJson(plan)).getLast();
        return BatchResponse.good(last.event().path("response"), plan.served(last));
    }
}
