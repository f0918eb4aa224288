package dev.oaiproxy.sandbox.media;

import dev.oaiproxy.sandbox.Bill.Ending;
import dev.oaiproxy.sandbox.Bill.Extra;
import dev.oaiproxy.sandbox.Bill.Tokens;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.Fault;
import dev.oaiproxy.sandbox.call.Call;
import dev.oaiproxy.sandbox.call.Call.Served;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.model.MediaModel;
import java.time.Duration;
import java.util.List;

/** A call to draw, speak or listen that is in order; its answer is made in one piece. */
record MediaCall(Call call, MediaModel model, Directives directives, Duration delay) {
    HttpExchange exchange() {
        return call.exchange();
    }

    Fault fault() {
        return directives.fault();
    }

    /** What the call consumes, with the tokens of text apart from all else. */
    Served served(int textIn, int textOut, List<Extra> extras) {
        return new Served(model.name(), "default", new Tokens(textIn, 0, 0, textOut, 0), extras);
    }

    Extra extra(String unit, long quantity) {
        return new Extra(model.name(), unit, quantity);
    }

    /**
     * Takes its time, charges and sends. A client that leaves meanwhile pays in full: what is made
     * in one piece is not stopped halfway.
     */
    void deliver(Served served, Runnable sending) {
        boolean stays = exchange().pause(delay);
        boolean breaks = fault() == Fault.CUT;
        call.charge(served, stays && !breaks ? Ending.COMPLETE : broken(stays));
        if (!stays) {
            throw exchange().hangUp();
        }
        sending.run();
    }

    private static Ending broken(boolean stays) {
        return stays ? Ending.BROKEN : Ending.ABORTED;
    }
}
