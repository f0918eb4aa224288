package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A response in progress or ended. It is billed once, when it ends. */
final class ResponseRun {
    private final BiConsumer<SandboxBill.ServedUsage, CallEnd> bill;
    private final ResponsePlan plan;
    private final ResponseSnapshots snapshots;
    private final List<ResponseEvent> events;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int taken;
    private boolean cancelled;

    /**
     * @param bill receives the usage at the end
     */
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

    /** Passes all events at once. */
    void finish() {
        lock.lock();
        try {
            taken = events.size();
        } finally {
            lock.unlock();
        }
    }

    /** Passes the events at their own pace on another thread, with or without a client. */
    void work(Runnable atEnd) {
        taken = 1;
        Thread.ofVirtual().start(() -> takeAll(atEnd));
    }

    private void takeAll(Runnable atEnd) {
        lock.lock();
        try {
            while (!cancelled && taken < events.size()) {
                takeNext();
            }
            charge(events.get(taken - 1), cancelled ? CallEnd.ABORTED : ending());
            atEnd.run();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void takeNext() throws InterruptedException {
        long nanos = events.get(taken).delay().toNanos();
        while (nanos > 0 && !cancelled) {
            nanos = changed.awaitNanos(nanos);
        }
        if (!cancelled) {
            taken++;
            changed.signalAll();
        }
    }

    /** The way it ends if nobody breaks it off. */
    CallEnd ending() {
        return isFailed() ? CallEnd.BROKEN : CallEnd.COMPLETE;
    }

    private boolean isFailed() {
        return events.getLast().type().equals("response.failed");
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

    void cancel() {
        lock.lock();
        try {
            cancelled = taken < events.size();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The response in its first event. */
    ObjectNode queued() {
        return (ObjectNode) events.getFirst().event().path("response");
    }

    /** The response in its current state. */
    ObjectNode json() {
        lock.lock();
        try {
            if (cancelled) {
                return snapshots.unfinished("cancelled");
            }
            ResponseEvent last = events.get(taken - 1);
            for (int i = taken - 1; !last.hasState(); i--) {
                last = events.get(i);
            }
            return (ObjectNode) last.event().path("response");
        } finally {
            lock.unlock();
        }
    }

    /** Waits for an event; empty if the response ends before it. */
    Optional<ResponseEvent> await(int index) {
        lock.lock();
        try {
            while (taken <= index && !cancelled && taken < events.size()) {
                changed.await();
            }
            return taken > index ? Optional.of(events.get(index)) : Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }
}
