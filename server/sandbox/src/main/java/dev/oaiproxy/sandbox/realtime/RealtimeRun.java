package dev.oaiproxy.sandbox.realtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.JsonWebSocket;
import dev.oaiproxy.sandbox.model.CannedText;
import java.util.List;
import java.util.Optional;

/** Produces one realtime response on a thread of its own. */
final class RealtimeRun {
    private final SandboxState sandbox;
    private final JsonWebSocket socket;
    private final String model;
    private final RealtimePlan order;
    private final RealtimeEvents shapes;
    private volatile boolean cancelled;
    private int made;

    RealtimeRun(
            SandboxState sandbox, JsonWebSocket socket, RealtimeEvents shapes, RealtimePlan order) {
        this.sandbox = sandbox;
        this.socket = socket;
        this.model = order.model();
        this.order = order;
        this.shapes = shapes;
    }

    RealtimePlan order() {
        return order;
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
        socket.send(shapes.created(order));
        socket.send(shapes.limits());
        Optional<ApiError> problem = problem();
        if (problem.isPresent()) {
            bill(CallEnd.REFUSED, new RealtimeTokens(0, 0, 0, 0, 0, 0), problem.get().status());
            ended.run();
            socket.send(shapes.failed(order, problem.get()));
        } else {
            speak(ended);
        }
    }

    private void speak(Runnable ended) {
        ObjectNode item = shapes.begunItem(order);
        socket.send(shapes.output(order, "added", item));
        socket.send(shapes.item("conversation.item.added", item));
        socket.send(shapes.part(order, "added", 0));
        for (int word = 0; word < order.visible() && !cancelled; word++) {
            if (fails(word)) {
                bill(CallEnd.BROKEN, order.usage(made), 200);
                socket.cut();
                return;
            }
            if (!socket.pause(order.delay()) || !say(word)) {
                bill(CallEnd.ABORTED, order.usage(made), 200);
                return;
            }
        }
        finish(cancelled ? "cancelled" : order.whole() ? "completed" : "incomplete", ended);
    }

    private boolean say(int word) {
        made++;
        String text = CannedText.token(word);
        if (!order.spoken()) {
            return socket.send(shapes.delta(order, "output_text", text));
        }
        return socket.send(shapes.delta(order, "output_audio_transcript", text))
                && socket.send(shapes.delta(order, "output_audio", RealtimeEvents.audio()));
    }

    private boolean fails(int word) {
        Directives directives = order.directives();
        return directives.fault() == InjectedFault.CUT && word == directives.after();
    }

    private void finish(String status, Runnable ended) {
        endPart();
        ObjectNode item = shapes.answerItem(order, status, made);
        socket.send(shapes.item("conversation.item.done", item));
        socket.send(shapes.output(order, "done", item));
        bill(CallEnd.COMPLETE, order.usage(made), 200);
        ended.run();
        socket.send(shapes.done(order, status, made));
    }

    private void endPart() {
        String words = CannedText.first(made);
        if (order.spoken()) {
            socket.send(shapes.inPart(order, "output_audio.done"));
            socket.send(
                    shapes.inPart(order, "output_audio_transcript.done").put("transcript", words));
        } else {
            socket.send(shapes.inPart(order, "output_text.done").put("text", words));
        }
        socket.send(shapes.part(order, "done", made));
    }

    private Optional<ApiError> problem() {
        return switch (order.directives().fault()) {
            case RATE_LIMIT -> Optional.of(ApiError.rateLimit(model));
            case SERVER_ERROR, ERROR_EVENT -> Optional.of(ApiError.serverError());
            case OVERLOADED -> Optional.of(ApiError.overloaded());
            case QUOTA -> Optional.of(ApiError.quota());
            case FAILED, FAILED_NO_USAGE -> Optional.of(ApiError.serverError());
            case NONE, CLOSE, CUT, STALL, NO_USAGE, BAD_USAGE, NEGATIVE_USAGE -> Optional.empty();
        };
    }

    private void bill(CallEnd ending, RealtimeTokens usage, int status) {
        List<SandboxBill.ExtraUsage> extras = usage.extras(model);
        sandbox.bill()
                .add(
                        new SandboxBill.BillEntry(
                                order.id(),
                                "realtime",
                                model,
                                "default",
                                usage.tokens(),
                                extras,
                                true,
                                status,
                                ending));
    }
}
