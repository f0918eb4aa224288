package dev.oaiproxy.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Bill.Ending;
import dev.oaiproxy.sandbox.Bill.Tokens;
import dev.oaiproxy.sandbox.Call.Served;
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
        return new Result(good, line.putNull("error"), used(answer.served()));
    }

    /** What the batch says that the line has consumed: with images, which the bill has apart. */
    private static Tokens used(Served served) {
        Tokens tokens = served.tokens();
        return new Tokens(
                tokens.prompt() + images(served, "image_input"),
                tokens.cached(),
                tokens.cacheWrite(),
                tokens.completion() + images(served, "image_output"),
                tokens.reasoning());
    }

    private static int images(Served served, String unit) {
        return (int)
                served.extras().stream()
                        .filter(extra -> extra.model().equals(served.model()))
                        .filter(extra -> extra.unit().equals(unit))
                        .mapToLong(Bill.Extra::quantity)
                        .sum();
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
            case "/v1/completions" -> complete(sandbox);
            case "/v1/images/generations" -> draw(sandbox);
            case "/v1/moderations" -> moderate(sandbox);
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

    private Answer complete(Sandbox sandbox) {
        Optional<Problem> problem = Completions.problem(body);
        if (problem.isPresent()) {
            return Answer.refusal(problem.get());
        }
        ChatOrder order = new Completions(sandbox).order(body);
        Generation generation = Generation.of(order, Directives.parse(order.userText()), sandbox);
        return Answer.good(
                Completions.shapes(body, generation, sandbox).completion(),
                served(order.model(), generation.allTokens()));
    }

    private Answer draw(Sandbox sandbox) {
        Form form = Form.of(body);
        Optional<Problem> problem = new ImageCheck(form, false).problem();
        if (problem.isPresent()) {
            return Answer.refusal(problem.get());
        }
        MediaModel model =
                MediaModel.named(form.text("model"), MediaModel.Kind.IMAGE).orElseThrow();
        ImageOrder order = ImageOrder.of(form, model, false, sandbox.tokenizer());
        Directives directives = Directives.parse(form.text("prompt"));
        long made = (long) order.count() * order.outputTokens();
        return Answer.good(
                new ImageShapes(order, directives).answer(),
                new Served(
                        model.name(),
                        "default",
                        new Tokens(order.textTokens(), 0, 0, 0, 0),
                        List.of(new Bill.Extra(model.name(), "image_output", made))));
    }

    private Answer moderate(Sandbox sandbox) {
        return body.path("input").isMissingNode()
                ? Answer.refusal(Problem.missing("input"))
                : Answer.good(new Moderations(sandbox).json(body), Served.nothing(""));
    }

    String model() {
        return body.path("model").asText();
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
