package dev.oaiproxy.sandbox.response;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.EventStream;
import dev.oaiproxy.sandbox.http.HttpExchange;

/** Sends the events of a response. */
final class ResponseEventStream {
    private final EventStream stream;

    ResponseEventStream(HttpExchange exchange, Directives directives) {
        stream = EventStream.named(exchange, directives, ResponseEventStream::error);
    }

    private static ObjectNode error(int index) {
        return newObject()
                .put("type", "error")
                .put("code", "server_error")
                .put("message", ApiError.serverError().message())
                .putNull("param")
                .put("sequence_number", index);
    }

    CallEnd ending() {
        return stream.ending();
    }

    /**
     * Sends all events at their pace except the last, which follows the bill.
     *
     * @return the last event that was produced
     */
    ResponseEvent send(ResponseRun run) {
        ResponseEvent made = run.events().getFirst();
        for (ResponseEvent event : run.events().subList(0, run.events().size() - 1)) {
            if (!stream.pause(event.delay()) || !stream.send(event.event())) {
                return made;
            }
            made = event;
        }
        return made;
    }

    void sendLast(ResponseRun run) {
        stream.send(run.events().getLast().event());
    }

    /** Sends the events of a background response, starting with one of them. */
    void follow(ResponseRun run, int first) {
        int next = first;
        while (run.await(next).filter(event -> stream.send(event.event())).isPresent()) {
            next++;
        }
    }

    /** Ends the stream normally, or closes the connection if it was broken off. */
    void end() {
        stream.end();
    }
}
