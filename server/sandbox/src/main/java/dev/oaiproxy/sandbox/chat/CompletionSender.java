package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.http.EventStream;
import java.time.Duration;
import java.util.function.IntFunction;

/** Sends a completion, complete or as a stream. */
final class CompletionSender {
    private final BilledCall call;
    private final ChatPlan plan;
    private final CompletionJson json;
    private final Runnable atEnd;
    private int made;

    /**
     * @param atEnd runs when the completion is generated, before the client has all of it
     */
    CompletionSender(BilledCall call, ChatPlan plan, CompletionJson json, Runnable atEnd) {
        this.call = call;
        this.plan = plan;
        this.json = json;
        this.atEnd = atEnd;
    }

    void send() {
        if (call.stream()) {
            sendEvents(EventStream.unnamed(call.exchange(), plan.directives()));
        } else {
            sendWhole();
        }
    }

    /** Bills before it sends the last bytes, so that a client that has them finds the entry. */
    private void sendEvents(EventStream stream) {
        boolean complete =
                sendForEachChoice(stream, json::opening)
                        && sendTokens(stream)
                        && sendForEachChoice(stream, json::closing);
        if (complete && isUsageWanted()) {
            stream.send(json.usageChunk());
        }
        charge(consumed(stream.ending()), stream.ending());
        if (stream.isOpen()) {
            stream.sendDone();
        }
        stream.end();
    }

    private boolean sendTokens(EventStream stream) {
        for (int i = 0; i < plan.visible(); i++) {
            int token = i;
            boolean sent =
                    stream.pause(plan.delay())
                            && sendForEachChoice(
                                    stream,
                                    index -> {
                                        made++;
                                        return json.token(index, token);
                                    });
            if (!sent) {
                return false;
            }
        }
        return stream.pause(Duration.ZERO);
    }

    private boolean sendForEachChoice(EventStream stream, IntFunction<ObjectNode> chunk) {
        for (int index = 0; index < plan.request().choices(); index++) {
            if (!stream.send(chunk.apply(index))) {
                return false;
            }
        }
        return true;
    }

    private boolean isUsageWanted() {
        return plan.request().includeUsage() && plan.directives().fault() != InjectedFault.NO_USAGE;
    }

    /**
     * The tokens of a stream. All reasoning comes before the first word. OpenAI charges nothing for
     * a failure before the first word.
     */
    private TokenCounts consumed(CallEnd ending) {
        boolean failed = plan.directives().fault() == InjectedFault.ERROR_EVENT;
        boolean free = failed && ending == CallEnd.BROKEN && made == 0;
        return free ? TokenCounts.NONE : plan.tokens(made);
    }

    private void sendWhole() {
        for (int token = 0; token < plan.visible(); token++) {
            if (!call.exchange().pause(plan.delay())) {
                charge(plan.tokens(token * plan.request().choices()), CallEnd.ABORTED);
                throw call.exchange().abort();
            }
        }
        charge(plan.allTokens(), plan.directives().fault().ending());
        call.exchange().send(json.completion(), plan.directives());
    }

    private void charge(TokenCounts tokens, CallEnd ending) {
        call.charge(plan.request().model().snapshot(), plan.tier(), tokens, ending);
        if (ending == CallEnd.COMPLETE) {
            atEnd.run();
        }
    }
}
