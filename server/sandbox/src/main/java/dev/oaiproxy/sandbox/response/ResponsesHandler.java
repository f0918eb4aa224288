package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.call.BatchResponse;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.EventStream;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.Optional;

/** Handles {@code POST /v1/responses}: complete, streamed or in the background. */
public record ResponsesHandler(SandboxState sandbox) {
    void handle(HttpExchange exchange) {
        JsonNode body = exchange.json();
        boolean stream = body.path("stream").asBoolean();
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "responses", stream);
        new ResponseValidation(body, sandbox).check();
        ResponseRequest request = ResponseRequest.of(body, context(body, sandbox), sandbox);
        Directives directives = sandbox.directives(request.userText());
        call.failIfAsked(request.model().snapshot(), directives);
        run(call, new ResponseRun(call::charge, ResponsePlan.of(request, directives, sandbox)));
    }

    /** The items of the previous responses, or of the conversation. */
    static ArrayNode context(JsonNode body, SandboxState sandbox) {
        String previous = body.path("previous_response_id").asText("");
        return sandbox.objects(ResponseRun.class)
                .find(previous)
                .map(ResponseRun::thread)
                .or(
                        () ->
                                sandbox.objects(StoredConversation.class)
                                        .find(ResponseRequest.conversation(body))
                                        .map(StoredConversation::context))
                .orElseGet(JsonNodeFactory.instance::arrayNode);
    }

    private void run(BilledCall call, ResponseRun run) {
        if (run.plan().request().background()) {
            background(call.exchange(), run);
        } else if (call.stream()) {
            stream(call.exchange(), run);
        } else {
            whole(call.exchange(), run);
        }
    }

    private void background(HttpExchange exchange, ResponseRun run) {
        Directives directives = run.plan().directives();
        store(run);
        run.work(() -> addToConversation(run));
        if (!run.plan().request().stream()) {
            exchange.send(run.queued(), directives);
            return;
        }
        run.follow(ResponseRun.stream(exchange, directives), 0);
    }

    /** Bills before it sends the last event, so that a client that has it finds the entry. */
    private void stream(HttpExchange exchange, ResponseRun run) {
        EventStream stream = ResponseRun.stream(exchange, run.plan().directives());
        ResponseEvent last = run.send(stream);
        if (stream.isOpen()) {
            finish(run);
            stream.send(run.events().getLast().event());
        } else {
            run.charge(last, stream.ending());
        }
        stream.end();
    }

    private void whole(HttpExchange exchange, ResponseRun run) {
        for (ResponseEvent event : run.events()) {
            if (!exchange.pause(event.delay())) {
                run.charge(event, CallEnd.ABORTED);
                throw exchange.abort();
            }
        }
        finish(run);
        exchange.send(run.json(), run.plan().directives());
    }

    private void finish(ResponseRun run) {
        run.finish();
        boolean cut =
                !run.plan().request().stream()
                        && run.plan().directives().fault() == InjectedFault.CUT;
        run.charge(run.events().getLast(), cut ? CallEnd.BROKEN : run.ending());
        if (run.plan().request().store()) {
            store(run);
        }
        addToConversation(run);
    }

    private void store(ResponseRun run) {
        sandbox.objects(ResponseRun.class).put(run.plan().object(), run);
    }

    /** Adds the input and output to the conversation. */
    private void addToConversation(ResponseRun run) {
        ResponseRequest request = run.plan().request();
        Optional<StoredConversation> conversation =
                sandbox.objects(StoredConversation.class)
                        .find(ResponseRequest.conversation(request.body()));
        conversation.ifPresent(found -> found.add(request.input()));
        conversation.ifPresent(found -> found.add(run.json().path("output")));
    }

    public BatchResponse answerBatched(JsonNode body) {
        new ResponseValidation(body, sandbox).check();
        ResponseRequest request = ResponseRequest.of(body, context(body, sandbox), sandbox);
        Directives directives = Directives.parse(request.userText());
        BatchResponse.failIfAsked(directives);
        ResponsePlan plan = ResponsePlan.of(request, directives, sandbox);
        ResponseEvent last = ResponseEventBuilder.of(plan, new ResponseSnapshots(plan)).getLast();
        return BatchResponse.good(last.event().path("response"), plan.served(last));
    }
}
