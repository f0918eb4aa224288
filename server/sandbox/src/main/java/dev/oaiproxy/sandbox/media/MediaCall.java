package dev.oaiproxy.sandbox.media;

import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.model.MediaModel;
import java.time.Duration;
import java.util.List;

/** A valid call for images, speech or a transcript. */
record MediaCall(BilledCall call, MediaModel model, Directives directives, Duration delay) {
    HttpExchange exchange() {
        return call.exchange();
    }

    InjectedFault fault() {
        return directives.fault();
    }

    /** The usage of the call: text tokens, and everything else as extras. */
    ServedUsage served(int textIn, int textOut, List<ExtraUsage> extras) {
        return new ServedUsage(
                model.name(), "default", new TokenCounts(textIn, 0, 0, textOut, 0), extras);
    }

    ExtraUsage extra(String unit, long quantity) {
        return new ExtraUsage(model.name(), unit, quantity);
    }

    /**
     * Waits, charges and sends. A client that disconnects meanwhile pays in full, because a
     * response in one piece does not stop halfway.
     */
    void deliver(ServedUsage served, Runnable sending) {
        if (!exchange().pause(delay)) {
            call.charge(served, CallEnd.ABORTED);
            throw exchange().abort();
        }
        call.charge(served, fault().ending());
        sending.run();
    }
}
