package dev.oaiproxy.sandbox.response;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.EventStream;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A response in progress or ended. It is billed once, when it ends. */
final class ResponseRun {
    private final BiConsumer<SandboxBill.ServedUsage, CallEnd> bill;
    private final ResponsePlan plan;
    private final ResponseSnapshots snapshots;
    private final List<ResponseEvent> events;
    private int taken;
    private boolean cancelled;

    ResponseRun(BiConsumer<SandboxBill.ServedUsage, CallEnd> bill, ResponsePlan plan) {
        this.bill = bill;
        this.plan = plan;
        this.snapshots = new ResponseSnapshots(plan);
        this.events = ResponseEventBuilder.of(plan, snapshots);
    }

    ResponsePlan plan() {
        return plan;
    }

    List<ResponseEvent> events() {
        return events;
    }

    /** The context of a response that continues this one. */
    ArrayNode thread() {
        ArrayNode all = plan.request().context().deepCopy();
        all.addAll(plan.request().input());
        json().path("output").forEach(all::add);
        return all;
    }

    /** Its input items, and its output items so far. */
    Stream<JsonNode> items() {
        return Stream.of(plan.request().input(), json().path("output"))
                .flatMap(items -> StreamSupport.stream(items.spliterator(), false));
    }

    /** Opens a stream of events of a response. */
    static EventStream stream(HttpExchange exchange, Directives directives) {
        return EventStream.named(
                exchange,
                directives,
                index ->
                        newObject()
                                .put("type", "error")
                                .put("code", "server_error")
                                .put("message", ApiError.serverError().message())
                                .putNull("param")
                                .put("sequence_number", index));
    }

    /**
     * Sends all events at their pace except the last, which follows the bill.
     *
     * @return the last event that was produced
     */
    ResponseEvent send(EventStream stream) {
        ResponseEvent made = events.getFirst();
        for (ResponseEvent event : events.subList(0, events.size() - 1)) {
            if (!stream.pause(event.delay()) || !stream.send(event.event())) {
                return made;
            }
            made = event;
        }
        return made;
    }

    /** Sends the events of a background response from one of them on, and ends the stream. */
    void follow(EventStream stream, int first) {
        int next = first;
        while (await(next).filter(event -> stream.send(event.event())).isPresent()) {
            next++;
        }
        stream.end();
    }

    /** Passes all events at once. */
    synchronized void finish() {
        taken = events.size();
    }

    /** Passes the events at their own pace on another thread, with or without a client. */
    void work(Runnable atEnd) {
        taken = 1;
        Thread.ofVirtual().start(() -> takeAll(atEnd));
    }

    private synchronized void takeAll(Runnable atEnd) {
        try {
            while (!cancelled && taken < events.size()) {
                takeNext();
            }
            charge(events.get(taken - 1), cancelled ? CallEnd.ABORTED : ending());
            atEnd.run();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void takeNext() throws InterruptedException {
        long end = System.nanoTime() + events.get(taken).delay().toNanos();
        for (long left = end - System.nanoTime(); left > 0 && !cancelled; ) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
        if (!cancelled) {
            taken++;
            notifyAll();
        }
    }

    /** The end of the response if it is not broken off. */
    CallEnd ending() {
        boolean failed = events.getLast().type().equals("response.failed");
        return failed ? CallEnd.BROKEN : CallEnd.COMPLETE;
    }

    void charge(ResponseEvent last, CallEnd ending) {
        bill.accept(
                isFree(last, ending)
                        ? SandboxBill.ServedUsage.nothing(plan.request().model().snapshot())
                        : plan.served(last),
                ending);
    }

    /** OpenAI charges nothing for a failure without usage, or before the first output. */
    private boolean isFree(ResponseEvent last, CallEnd ending) {
        return switch (plan.directives().fault()) {
            case FAILED_NO_USAGE -> ending != CallEnd.ABORTED;
            case ERROR_EVENT -> ending == CallEnd.BROKEN && last.hasState();
            default -> false;
        };
    }

    synchronized void cancel() {
        cancelled = taken < events.size();
        notifyAll();
    }

    ObjectNode queued() {
        return (ObjectNode) events.getFirst().event().path("response");
    }

    /** The response in its current state. */
    synchronized ObjectNode json() {
        if (cancelled) {
            return snapshots.unfinished("cancelled");
        }
        ResponseEvent last = events.get(taken - 1);
        for (int i = taken - 1; !last.hasState(); i--) {
            last = events.get(i);
        }
        return (ObjectNode) last.event().path("response");
    }

    /** Waits for an event; empty if the response ends before it. */
    synchronized Optional<ResponseEvent> await(int index) {
        try {
            while (taken <= index && !cancelled && taken < events.size()) {
                wait();
            }
            return taken > index ? Optional.of(events.get(index)) : Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
