package dev.oaiproxy.sandbox.media;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Bill.Ending;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.Fault;
import dev.oaiproxy.sandbox.Wire;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.time.Duration;

/** Typed server-sent events, each flushed by itself, until a fault or the client ends them. */
final class MediaEvents {
    private final HttpExchange exchange;
    private final Directives directives;
    private final boolean named;
    private int sent;
    private Ending ending = Ending.COMPLETE;

    /**
     * Starts a stream.
     *
     * @param named whether each event has a line with its type, as those of images do
     */
    MediaEvents(HttpExchange exchange, Directives directives, boolean named) {
        this.exchange = exchange;
        this.directives = directives;
        this.named = named;
        exchange.startStream(directives.wire());
    }

    Ending ending() {
        return ending;
    }

    /** Takes its time; false when the client has left meanwhile. */
    boolean waits(Duration time) {
        if (!exchange.pause(time)) {
            ending = Ending.ABORTED;
        }
        return ending == Ending.COMPLETE;
    }

    /** Sends one event; false when the stream has ended. */
    boolean emit(ObjectNode event) {
        if (ending != Ending.COMPLETE) {
            return false;
        }
        if (sent == directives.after() && breaks()) {
            return false;
        }
        sent++;
        if (!write(event.path("type").asText(), event)) {
            ending = Ending.ABORTED;
        }
        return ending == Ending.COMPLETE;
    }

    /** Fails as told, if at all. */
    private boolean breaks() {
        Fault fault = directives.fault();
        if (fault == Fault.STALL) {
            exchange.fallSilent();
            ending = Ending.ABORTED;
        } else if (fault == Fault.CUT) {
            ending = Ending.BROKEN;
        } else if (fault == Fault.ERROR_EVENT) {
            write("error", ApiError.serverError().json());
            ending = Ending.BROKEN;
        }
        return ending != Ending.COMPLETE;
    }

    private boolean write(String type, ObjectNode event) {
        Wire wire = directives.wire();
        return exchange.event(named ? type : "", wire.data(event), wire);
    }

    /** Ends the stream, well or as a fault wants it. */
    void end() {
        if (ending != Ending.COMPLETE && directives.fault() != Fault.ERROR_EVENT) {
            throw exchange.hangUp();
        }
        exchange.endStream();
    }
}
