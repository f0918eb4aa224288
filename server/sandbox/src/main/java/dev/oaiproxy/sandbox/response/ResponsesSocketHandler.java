package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.JsonWebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Handles {@code /v1/responses} over a WebSocket, one response after the other. */
public final class ResponsesSocketHandler implements JsonWebSocket.MessageListener {
    private final SandboxState sandbox;
    private final JsonWebSocket socket;
    private final BlockingQueue<JsonNode> asked = new LinkedBlockingQueue<>();
    private final Thread worker = Thread.ofVirtual().unstarted(this::work);
    private int sequence;

    public ResponsesSocketHandler(SandboxState sandbox, JsonWebSocket socket) {
        this.sandbox = sandbox;
        this.socket = socket;
    }

    @Override
    public void opened() {
        worker.start();
    }

    @Override
    public void closed() {
        worker.interrupt();
    }

    @Override
    public void received(JsonNode message) {
        asked.add(message);
    }

    private void work() {
        try {
            while (true) {
                respond(asked.take());
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void refuse(ApiError problem) {
        socket.send(problem.json().put("type", "error").put("status", problem.status()));
    }

    private void respond(JsonNode message) {
        try {
            ApiError.throwIf(
                    !message.path("type").asText().equals("response.create"),
                    ApiError.invalid("Invalid value for 'type'.", "type"));
            new ResponseValidation(message, sandbox).check();
            ArrayNode context = ResponsesHandler.context(message, sandbox);
            ResponseRequest request = ResponseRequest.of(message, context, sandbox);
            Directives directives = sandbox.directives(request.userText());
            send(new ResponseRun(this::bill, ResponsePlan.of(request, directives, sandbox)));
        } catch (ApiError problem) {
            refuse(problem);
        } catch (IllegalArgumentException directive) {
            refuse(ApiError.invalid("" + directive.getMessage()));
        }
    }

    private void send(ResponseRun run) {
        Directives directives = run.plan().directives();
        ResponseEvent made = run.events().getFirst();
        for (ResponseEvent event : run.events().subList(0, run.events().size() - 1)) {
            boolean next = event.made() > made.made() && made.made() == directives.after();
            if (directives.fault() == InjectedFault.CUT && next) {
                run.charge(made, CallEnd.BROKEN);
                socket.cut();
                return;
            }
            if (!socket.pause(event.delay()) || !send(event.event())) {
                run.charge(made, CallEnd.ABORTED);
                return;
            }
            made = event;
        }
        finish(run);
    }

    /**
     * Stores the response even with {@code "store": false}, because later requests on the WebSocket
     * can continue it.
     */
    private void finish(ResponseRun run) {
        run.finish();
        run.charge(run.events().getLast(), CallEnd.COMPLETE);
        sandbox.objects(ResponseRun.class).put(run.plan().object(), run);
        ObjectNode last = run.events().getLast().event().deepCopy();
        if (run.plan().directives().fault() == InjectedFault.ERROR_EVENT) {
            last.put("type", "response.failed").withObject("response").put("status", "failed");
        }
        send(last);
    }

    private boolean send(ObjectNode event) {
        return socket.send(event.put("sequence_number", sequence++));
    }

    private void bill(ServedUsage served, CallEnd ending) {
        String requestId = "req_" + sandbox.nextId();
        sandbox.bill().addSocketCall(requestId, "responses", served, ending);
    }
}
