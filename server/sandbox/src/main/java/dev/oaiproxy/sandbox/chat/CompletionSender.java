package dev.oaiproxy.sandbox.chat;

import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BilledCall;

/**
 * Sends a completion, complete or as a stream.
 *
 * @param atEnd runs when the completion is generated, before the client has all of it
 */
record CompletionSender(BilledCall call, ChatPlan plan, CompletionJson chunks, Runnable atEnd) {
    void send() {
        if (call.stream()) {
            stream();
        } else {
            whole();
        }
    }

    /** Bills before it sends the last bytes, so that a client that has them finds the entry. */
    private void stream() {
        CompletionStream stream = new CompletionStream(call.exchange(), plan, chunks);
        stream.send();
        charge(stream.consumed(), stream.ending());
        boolean ended =
                stream.ending() == CallEnd.COMPLETE
                        ? stream.write("[DONE]")
                        : plan.directives().fault() == InjectedFault.ERROR_EVENT;
        if (!ended) {
            throw call.exchange().hangUp();
        }
        call.exchange().endStream();
    }

    private void whole() {
        for (int made = 0; made < plan.visible(); made++) {
            if (!call.exchange().pause(plan.delay())) {
                int all = made * plan.request().choices();
                charge(plan.tokens(all), CallEnd.ABORTED);
                throw call.exchange().hangUp();
            }
        }
        boolean breaks = plan.directives().fault() == InjectedFault.CUT;
        charge(plan.allTokens(), breaks ? CallEnd.BROKEN : CallEnd.COMPLETE);
        call.exchange().send(chunks.completion(), plan.directives());
    }

    private void charge(TokenCounts tokens, CallEnd ending) {
        call.charge(plan.request().model().snapshot(), plan.tier(), tokens, ending);
        if (ending == CallEnd.COMPLETE) {
            atEnd.run();
        }
    }
}
