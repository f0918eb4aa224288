package dev.oaiproxy.sandbox.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import java.time.Duration;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * Sends server-sent events, each flushed on its own, until a fault of the directives or the client
 * ends the stream.
 */
public final class EventStream {
    private final HttpExchange exchange;
    private final Directives directives;
    private final UnaryOperator<String> names;
    private final IntFunction<ObjectNode> error;
    private int sent;
    private CallEnd ending = CallEnd.COMPLETE;

    private EventStream(
            HttpExchange exchange,
            Directives directives,
            UnaryOperator<String> names,
            IntFunction<ObjectNode> error) {
        this.exchange = exchange;
        this.directives = directives;
        this.names = names;
        this.error = error;
        exchange.startStream(directives.wire());
    }

    /** Starts a stream of events that consist of data only. */
    public static EventStream unnamed(HttpExchange exchange, Directives directives) {
        return new EventStream(exchange, directives, _ -> "", _ -> ApiError.serverError().json());
    }

    /**
     * Starts a stream of events with a line that names their type.
     *
     * @param error makes the error event from its index in the stream
     */
    public static EventStream named(
            HttpExchange exchange, Directives directives, IntFunction<ObjectNode> error) {
        return new EventStream(exchange, directives, UnaryOperator.identity(), error);
    }

    public CallEnd ending() {
        return ending;
    }

    public boolean isOpen() {
        return ending == CallEnd.COMPLETE;
    }

    /** Waits; returns false if the stream has ended or the client disconnects meanwhile. */
    public boolean pause(Duration time) {
        if (isOpen() && !exchange.pause(time)) {
            ending = CallEnd.ABORTED;
        }
        return isOpen();
    }

    /** Sends one event; returns false if the stream has ended. */
    public boolean send(ObjectNode event) {
        if (isOpen() && sent == directives.after()) {
            applyFault();
        }
        if (isOpen()) {
            sent++;
            write(event.path("type").asText(), event);
        }
        return isOpen();
    }

    private void applyFault() {
        switch (directives.fault()) {
            case CUT -> ending = CallEnd.BROKEN;
            case STALL -> {
                exchange.stall();
                ending = CallEnd.ABORTED;
            }
            case ERROR_EVENT -> {
                write("error", error.apply(sent));
                ending = isOpen() ? CallEnd.BROKEN : ending;
            }
            default -> {}
        }
    }

    private void write(String type, ObjectNode event) {
        write(names.apply(type), directives.wire().data(event));
    }

    private void write(String name, String data) {
        if (!exchange.event(name, data, directives.wire())) {
            ending = CallEnd.ABORTED;
        }
    }

    /** Sends OpenAI's mark of the end, to which no fault applies. */
    public void sendDone() {
        write("", "[DONE]");
    }

    /** Ends the stream normally, or closes the connection if it was broken off. */
    public void end() {
        if (!isOpen() && directives.fault() != InjectedFault.ERROR_EVENT) {
            throw exchange.abort();
        }
        exchange.endStream();
    }
}
