package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.WireFormat;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.time.Duration;

/** Sends a response as server-sent events, each flushed on its own. */
final class ResponseEventStream {
    private final HttpExchange exchange;
    private final Directives directives;
    private int sent;
    private CallEnd ending = CallEnd.COMPLETE;

    ResponseEventStream(HttpExchange exchange, Directives directives) {
        this.exchange = exchange;
        this.directives = directives;
        exchange.startStream(directives.wire());
    }

    /**
     * Sends all events at their pace except the last, which follows the bill.
     *
     * @return the last event that was produced
     */
    ResponseEvent send(ResponseRun run) {
        ResponseEvent made = run.steps().getFirst();
        for (ResponseEvent step : run.steps().subList(0, run.steps().size() - 1)) {
            Duration pause = step.slow() ? run.plan().delay() : Duration.ZERO;
            if (!exchange.pause(pause) || !emit(step)) {
                ending = ending == CallEnd.COMPLETE ? CallEnd.ABORTED : ending;
                return made;
            }
            made = step;
        }
        return made;
    }

    CallEnd ending() {
        return ending;
    }

    /** Sends the events of a background response, starting with one of them. */
    void follow(ResponseRun run, int first) {
        for (int i = first; run.await(i).filter(this::emit).isPresent(); ) {
            i++;
        }
    }

    /** Sends one event; returns false if a fault or the client has ended the stream. */
    boolean emit(ResponseEvent step) {
        if (sent == directives.after() && fails()) {
            return false;
        }
        sent++;
        return write(step);
    }

    private boolean write(ResponseEvent step) {
        WireFormat wire = directives.wire();
        return exchange.event(step.type(), wire.data(step.event()), wire);
    }

    private boolean fails() {
        return switch (directives.fault()) {
            case CUT -> breaks();
            case STALL -> {
                exchange.fallSilent();
                yield true;
            }
            case ERROR_EVENT -> write(error()) && breaks();
            default -> false;
        };
    }

    private boolean breaks() {
        ending = CallEnd.BROKEN;
        return true;
    }

    private ResponseEvent error() {
        return new ResponseEvent(
                JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "error")
                        .put("code", "server_error")
                        .put("message", ApiError.serverError().message())
                        .putNull("param")
                        .put("sequence_number", sent),
                false,
                0,
                0);
    }

    /** Ends the stream normally, or closes the connection if it was broken off. */
    void end(boolean well) {
        if (!well && directives.fault() != InjectedFault.ERROR_EVENT) {
            throw exchange.hangUp();
        }
        exchange.endStream();
    }
}
