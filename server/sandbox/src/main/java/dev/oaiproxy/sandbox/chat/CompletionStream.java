package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.time.Duration;
import java.util.function.IntFunction;

/** Sends a completion as server-sent events, each flushed on its own. */
final class CompletionStream {
    private final HttpExchange exchange;
    private final ChatPlan plan;
    private final CompletionJson json;
    private int sent;
    private int made;
    private CallEnd ending = CallEnd.COMPLETE;

    CompletionStream(HttpExchange exchange, ChatPlan plan, CompletionJson json) {
        this.exchange = exchange;
        this.plan = plan;
        this.json = json;
    }

    /**
     * Sends all events, unless a fault or the client ends the stream. {@link #ending} tells how it
     * ended.
     */
    void send() {
        exchange.startStream(plan.directives().wire());
        boolean spoken =
                eachChoice(json::opening)
                        && tokens()
                        && eachChoice(json::closing)
                        && (!isUsageWanted() || emit(json.usageChunk()));
        if (!spoken && ending == CallEnd.COMPLETE) {
            ending = CallEnd.ABORTED;
        }
    }

    CallEnd ending() {
        return ending;
    }

    /**
     * The tokens consumed so far. All reasoning comes before the first word. OpenAI charges nothing
     * for a failure before the first word.
     */
    SandboxBill.TokenCounts consumed() {
        boolean failed = plan.directives().fault() == InjectedFault.ERROR_EVENT;
        boolean free = failed && ending == CallEnd.BROKEN && made == 0;
        return free ? SandboxBill.TokenCounts.NONE : plan.tokens(made);
    }

    private boolean isUsageWanted() {
        return plan.request().includeUsage() && plan.directives().fault() != InjectedFault.NO_USAGE;
    }

    private boolean tokens() {
        for (int i = 0; i < plan.visible(); i++) {
            int token = i;
            if (!exchange.pause(plan.delay())
                    || !eachChoice(
                            index -> {
                                made++;
                                return json.token(index, token);
                            })) {
                return false;
            }
        }
        return exchange.pause(Duration.ZERO);
    }

    private boolean eachChoice(IntFunction<ObjectNode> chunk) {
        for (int index = 0; index < plan.request().choices(); index++) {
            if (!emit(chunk.apply(index))) {
                return false;
            }
        }
        return true;
    }

    private boolean emit(ObjectNode chunk) {
        if (sent == plan.directives().after() && fails()) {
            return false;
        }
        sent++;
        return write(plan.directives().wire().data(chunk));
    }

    private boolean fails() {
        return switch (plan.directives().fault()) {
            case CUT -> breaks();
            case STALL -> {
                exchange.fallSilent();
                yield true;
            }
            case ERROR_EVENT -> write(ApiError.serverError().json().toString()) && breaks();
            case NONE,
                    RATE_LIMIT,
                    SERVER_ERROR,
                    OVERLOADED,
                    QUOTA,
                    CLOSE,
                    NO_USAGE,
                    BAD_USAGE,
                    NEGATIVE_USAGE,
                    FAILED,
                    FAILED_NO_USAGE ->
                    false;
        };
    }

    private boolean breaks() {
        ending = CallEnd.BROKEN;
        return true;
    }

    /** Sends one event. */
    boolean write(String json) {
        return exchange.event("", json, plan.directives().wire());
    }
}
