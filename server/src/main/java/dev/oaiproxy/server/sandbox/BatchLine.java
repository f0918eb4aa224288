package dev.oaiproxy.server.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.server.sandbox.Bill.Ending;
import dev.oaiproxy.server.sandbox.Bill.Tokens;
import dev.oaiproxy.server.sandbox.Call.Served;
import java.util.List;
import java.util.Optional;

/** One request of a batch, which is answered as if it had come alone, at half the price. */
record BatchLine(String customId, String endpoint, JsonNode body) {
    /**
     * What has become of a line.
     *
     * @param line what the output or the error file says
     */
    record Result(boolean good, ObjectNode line, Tokens tokens) {}

    private record Answer(int status, JsonNode body, Served served) {
        static Answer refusal(Problem problem) {
            return new Answer(problem.status(), problem.json(), Served.nothing(""));
        }

        /** The body says another tier: that of the same request outside of a batch. */
        static Answer good(JsonNode body, Served served) {
            return new Answer(
                    200,
                    body,
                    new Served(served.model(), "batch", served.tokens(), served.extras()));
        }
    }

    /** Answers the request, and notes on the bill what it costs. */
    Result run(Sandbox sandbox) {
        Answer answer = answer(sandbox);
        String requestId = "req_" + sandbox.nextId();
        boolean good = answer.status() == 200;
        sandbox.bill().add(entry(answer, requestId));
        ObjectNode line = frame(sandbox);
        line.putObject("response")
                .put("status_code", answer.status())
                .put("request_id", requestId)
                .set("body", answer.body());
        return new Result(good, line.putNull("error"), answer.served().tokens());
    }

    private Bill.Entry entry(Answer answer, String requestId) {
        Served served = answer.served();
        return new Bill.Entry(
                requestId,
                endpoint.substring("/v1/".length()),
                served.model(),
                served.tier(),
                served.tokens(),
                served.extras(),
                false,
                answer.status(),
                answer.status() == 200 ? Ending.COMPLETE : Ending.REFUSED);
    }

    private Answer answer(Sandbox sandbox) {
        return switch (endpoint) {
            case "/v1/embeddings" -> embed(sandbox);
            case "/v1/responses" -> respond(sandbox);
            default -> chat(sandbox);
        };
    }

    private Answer chat(Sandbox sandbox) {
        Optional<Problem> problem = new ChatCheck(body).problem();
        if (problem.isPresent()) {
            return Answer.refusal(problem.get());
        }
        ChatOrder order = ChatOrder.of(body, sandbox.tokenizer());
        Directives directives = Directives.parse(order.userText());
        if (fails(directives)) {
            return Answer.refusal(Problem.serverError());
        }
        Generation generation = Generation.of(order, directives, sandbox);
        return Answer.good(
                new ChatShapes(generation, sandbox.nextId()).completion(),
                served(order.model(), generation.allTokens()));
    }

    private Answer respond(Sandbox sandbox) {
        Optional<Problem> problem = new ResponseCheck(body, sandbox.archive()).problem();
        if (problem.isPresent()) {
            return Answer.refusal(problem.get());
        }
        ResponseOrder order =
                ResponseOrder.of(body, Responses.context(body, sandbox.archive()), sandbox);
        Directives directives = Directives.parse(order.userText());
        if (fails(directives)) {
            return Answer.refusal(Problem.serverError());
        }
        ResponsePlan plan = ResponsePlan.of(order, directives, sandbox);
        ResponseStep last = ResponseScript.of(plan, new ResponseShapes(plan)).getLast();
        return Answer.good(last.event().path("response"), plan.served(last));
    }

    private static Served served(Model model, Tokens tokens) {
        return new Served(model.snapshot(), "default", tokens, List.of());
    }

    private Answer embed(Sandbox sandbox) {
        Embeddings embeddings = new Embeddings(sandbox);
        Optional<Problem> problem = Embeddings.problem(body);
        if (problem.isPresent()) {
            return Answer.refusal(problem.get());
        }
        Model model = Model.named(body.path("model").asText()).orElseThrow();
        Directives directives = Directives.parse(body.path("input").asText(""));
        if (fails(directives)) {
            return Answer.refusal(Problem.serverError());
        }
        int tokens = embeddings.tokens(model, body);
        return Answer.good(
                Embeddings.json(model, body, tokens, directives.fault()),
                served(model, new Tokens(tokens, 0, 0, 0, 0)));
    }

    private static boolean fails(Directives directives) {
        return directives.fault() == Fault.SERVER_ERROR
                || directives.fault() == Fault.RATE_LIMIT
                || directives.fault() == Fault.OVERLOADED;
    }

    /** What the error file says of a line that was not reached. */
    ObjectNode unreached(Sandbox sandbox, String status) {
        ObjectNode line = frame(sandbox).putNull("response");
        line.putObject("error")
                .put("code", "batch_" + status)
                .put("message", "This request was not executed before the batch ended.");
        return line;
    }

    private ObjectNode frame(Sandbox sandbox) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", "batch_req_" + sandbox.nextId())
                .put("custom_id", customId);
    }
}
