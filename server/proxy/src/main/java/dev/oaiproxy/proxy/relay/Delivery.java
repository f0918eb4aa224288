package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.metering.usage.Tap;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Carries one answer from OpenAI to the client, through the tap, and has it charged on the way. */
final class Delivery {
    private final Answer answer;
    private final Edit edit;
    private final Settlement settlement;
    private final Outlet outlet;
    private final Reception reception;
    private final boolean stream;
    private final Tap tap;
    private final @Nullable CostInUsage costs;

    /**
     * @param asked the headers of the client's request
     */
    Delivery(Answer answer, Edit edit, Settlement settlement, Outlet outlet, Headers asked) {
        this.answer = answer;
        this.edit = edit;
        this.settlement = settlement;
        this.outlet = outlet;
        this.reception =
                edit.reception(
                        answer.headers()
                                .first("content-type")
                                .map(type -> type.toLowerCase(Locale.ROOT))
                                .filter(type -> type.startsWith("text/event-stream"))
                                .isPresent(),
                        settlement.lease());
        this.stream = reception.pace() == Reception.Pace.EVENTS;
        this.tap = reception.tap();
        this.costs =
                CostInUsage.of(
                        asked,
                        new CostInUsage.Place(
                                edit.order().meter(), answer, reception, settlement.lease()));
    }

    /** Reads the answer to its end, whether or not the client stays. */
    void run() {
        try (outlet) {
            deliver();
        } catch (UpstreamException e) {
            broken(e);
        } catch (NoRoomException e) {
            if (!settlement.hasEnded()) {
                settlement.broken(
                        tap.reading(),
                        "the server's memory did not suffice to read the answer",
                        answer.status());
            }
            outlet.breakOff(stream, new Refusal.Broken(false));
        }
    }

    private void deliver() throws UpstreamException {
        if (copy() && settle()) {
            outlet.finish(answer, this::headers);
            if (!outlet.isWithheld()) {
                return;
            }
        }
        outlet.breakOff(stream, new Refusal.NotRecorded());
    }

    /** False when the charge is not durable, or reading on makes no sense. */
    private boolean copy() throws UpstreamException {
        byte[] buffer = new byte[Passage.BUFFER_BYTES];
        for (int n = answer.read(buffer); n >= 0; n = answer.read(buffer)) {
            settlement.recorder().add(buffer, n);
            if (!pass(tap.pass(ByteBuffer.wrap(buffer, 0, n)))) {
                return false;
            }
            if (outlet.isExhausted()) {
                giveUp();
                return false;
            }
        }
        return pass(tap.end());
    }

    private boolean pass(ByteBuffer bytes) {
        if (tap.isFinal() && !settle()) {
            outlet.withhold(costs == null ? bytes : costs.last(bytes, null));
            return false;
        }
        ByteBuffer shown = shown(bytes, tap.isFinal());
        switch (reception.pace()) {
            case EVENTS -> {
                if (tap.isFinal()) {
                    outlet.sendLast(answer, shown, this::headers);
                } else {
                    outlet.send(answer, shown, this::headers);
                }
            }
            case PIECES -> outlet.keep(answer, shown, this::headers, 0);
            case WHOLE -> outlet.keep(answer, shown, this::headers, Outlet.WINDOW_BYTES);
        }
        return true;
    }

    private ByteBuffer shown(ByteBuffer bytes, boolean last) {
        if (costs == null) {
            return bytes;
        }
        return last ? costs.last(bytes, settlement.cost()) : costs.pass(bytes);
    }

    /** Charges, once; true when that is durable. */
    private boolean settle() {
        return settlement.hasEnded() || settlement.settle(tap, answer.status());
    }

    private void broken(UpstreamException e) {
        if (tap.reading() instanceof UsageResult.Complete) {
            settle();
        } else {
            cut(e);
        }
        if (stream && costs != null) {
            outlet.send(answer, shown(Tap.NOTHING.duplicate(), true), this::headers);
        }
        outlet.breakOff(stream, Trouble.refusal(e));
    }

    private void giveUp() {
        if (outlet.isCancelled() && !settlement.hasEnded()) {
            settlement.cancelled(tap.reading(), answer.status());
        } else {
            unread("the client hung up, and the rest was too much to read");
        }
    }

    /** Of an answer whose client has left, it is the proxy that ends it when it takes too long. */
    private void cut(UpstreamException e) {
        if (outlet.isGone()) {
            unread("the client hung up, and the rest did not come");
        } else if (!settlement.hasEnded()) {
            settlement.broken(tap.reading(), reason(e), answer.status());
        }
    }

    private void unread(String reason) {
        if (!settlement.hasEnded()) {
            settlement.unread(tap.reading(), reason, answer.status());
        }
    }

    private static String reason(UpstreamException e) {
        return e.isTimeout() ? "the answer stalled" : "the answer broke off";
    }

    private Headers headers() {
        Headers headers = settlement.mark(Passage.headers(answer)).filter(this::holds);
        String made = reception.contentType();
        if (made != null) {
            headers = headers.with("content-type", made);
        }
        Long clamped = edit.clampedTo();
        return clamped == null
                ? headers
                : headers.with("x-oaiproxy-clamped-output-tokens", clamped.toString());
    }

    /** What is taken out of an answer, or made out of it, has another length, and type. */
    private boolean holds(String header) {
        boolean length = header.equalsIgnoreCase("content-length");
        boolean type = header.equalsIgnoreCase("content-type");
        boolean other = stream || costs != null || reception.contentType() != null;
        return !(length && other) && !(type && reception.contentType() != null);
    }
}
