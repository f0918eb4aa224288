package dev.oaiproxy.sandbox.realtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.JsonWebSocket;
import dev.oaiproxy.sandbox.model.CannedText;
import java.util.Optional;

/** Produces one realtime response on a thread of its own. */
final class RealtimeRun {
    private final SandboxState sandbox;
    private final JsonWebSocket socket;
    private final RealtimePlan plan;
    private final RealtimeEvents events;
    private volatile boolean cancelled;
    private int made;

    RealtimeRun(
            SandboxState sandbox, JsonWebSocket socket, RealtimeEvents events, RealtimePlan plan) {
        this.sandbox = sandbox;
        this.socket = socket;
        this.plan = plan;
        this.events = events;
    }

    RealtimePlan plan() {
        return plan;
    }

    int made() {
        return made;
    }

    void cancel() {
        cancelled = true;
    }

    /**
     * Produces the response, and bills before it sends the last event.
     *
     * @param ended runs before the last event
     */
    void make(Runnable ended) {
        socket.send(events.created(plan));
        socket.send(events.limits());
        Optional<ApiError> problem = problem();
        if (problem.isPresent()) {
            bill(CallEnd.REFUSED, new RealtimeTokens(0, 0, 0, 0, 0, 0), problem.get().status());
            ended.run();
            socket.send(events.failed(plan, problem.get()));
        } else {
            speak(ended);
        }
    }

    private void speak(Runnable ended) {
        ObjectNode item = events.begunItem(plan);
        socket.send(events.output(plan, "added", item));
        socket.send(events.item("conversation.item.added", item));
        socket.send(events.part(plan, "added", 0));
        for (int word = 0; word < plan.visible() && !cancelled; word++) {
            if (fails(word)) {
                bill(CallEnd.BROKEN, plan.usage(made), 200);
                socket.cut();
                return;
            }
            if (!socket.pause(plan.delay()) || !say(word)) {
                bill(CallEnd.ABORTED, plan.usage(made), 200);
                return;
            }
        }
        finish(cancelled ? "cancelled" : plan.whole() ? "completed" : "incomplete", ended);
    }

    private boolean say(int word) {
        made++;
        String text = CannedText.token(word);
        if (!plan.spoken()) {
            return socket.send(events.delta(plan, "output_text", text));
        }
        return socket.send(events.delta(plan, "output_audio_transcript", text))
                && socket.send(events.delta(plan, "output_audio", RealtimeEvents.audio()));
    }

    private boolean fails(int word) {
        Directives directives = plan.directives();
        return directives.fault() == InjectedFault.CUT && word == directives.after();
    }

    private void finish(String status, Runnable ended) {
        endPart();
        ObjectNode item = events.outputItem(plan, status, made);
        socket.send(events.item("conversation.item.done", item));
        socket.send(events.output(plan, "done", item));
        bill(CallEnd.COMPLETE, plan.usage(made), 200);
        ended.run();
        socket.send(events.done(plan, status, made));
    }

    private void endPart() {
        String words = CannedText.first(made);
        if (plan.spoken()) {
            socket.send(events.inPart(plan, "output_audio.done"));
            socket.send(
                    events.inPart(plan, "output_audio_transcript.done").put("transcript", words));
        } else {
            socket.send(events.inPart(plan, "output_text.done").put("text", words));
        }
        socket.send(events.part(plan, "done", made));
    }

    private Optional<ApiError> problem() {
        InjectedFault fault = plan.directives().fault();
        return switch (fault) {
            case ERROR_EVENT, FAILED, FAILED_NO_USAGE -> Optional.of(ApiError.serverError());
            default -> ApiError.injected(fault, plan.model());
        };
    }

    private void bill(CallEnd ending, RealtimeTokens usage, int status) {
        ServedUsage served =
                new ServedUsage(
                        plan.model(), "default", usage.tokens(), usage.extras(plan.model()));
        sandbox.bill()
                .add(
                        new SandboxBill.BillEntry(
                                plan.id(), "realtime", served, true, status, ending));
    }
}
