package dev.oaiproxy.sandbox.media;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.WireFormat;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.time.Duration;

/**
 * Sends typed server-sent events, each flushed on its own, until a fault or the client ends the
 * stream.
 */
final class MediaEventStream {
    private final HttpExchange exchange;
    private final Directives directives;
    private final boolean named;
    private int sent;
    private CallEnd ending = CallEnd.COMPLETE;

    /**
     * Starts a stream.
     *
     * @param named true if each event has a line with its type, as those of images do
     */
    MediaEventStream(HttpExchange exchange, Directives directives, boolean named) {
        this.exchange = exchange;
        this.directives = directives;
        this.named = named;
        exchange.startStream(directives.wire());
    }

    CallEnd ending() {
        return ending;
    }

    /** Waits; returns false if the client disconnects meanwhile. */
    boolean waits(Duration time) {
        if (!exchange.pause(time)) {
            ending = CallEnd.ABORTED;
        }
        return ending == CallEnd.COMPLETE;
    }

    /** Sends one event; returns false if the stream has ended. */
    boolean emit(ObjectNode event) {
        if (ending != CallEnd.COMPLETE) {
            return false;
        }
        if (sent == directives.after() && breaks()) {
            return false;
        }
        sent++;
        if (!write(event.path("type").asText(), event)) {
            ending = CallEnd.ABORTED;
        }
        return ending == CallEnd.COMPLETE;
    }

    /** Applies the fault of the directives; returns true if it ends the stream. */
    private boolean breaks() {
        InjectedFault fault = directives.fault();
        if (fault == InjectedFault.STALL) {
            exchange.fallSilent();
            ending = CallEnd.ABORTED;
        } else if (fault == InjectedFault.CUT) {
            ending = CallEnd.BROKEN;
        } else if (fault == InjectedFault.ERROR_EVENT) {
            write("error", ApiError.serverError().json());
            ending = CallEnd.BROKEN;
        }
        return ending != CallEnd.COMPLETE;
    }

    private boolean write(String type, ObjectNode event) {
        WireFormat wire = directives.wire();
        return exchange.event(named ? type : "", wire.data(event), wire);
    }

    /** Ends the stream normally, or closes the connection if it was broken off. */
    void end() {
        if (ending != CallEnd.COMPLETE && directives.fault() != InjectedFault.ERROR_EVENT) {
            throw exchange.hangUp();
        }
        exchange.endStream();
    }
}
