package dev.oaiproxy.proxy.relay.call;

import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.metering.usage.ResponseMode;
import dev.oaiproxy.metering.usage.Tap;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.relay.exchange.ClientExchange;
import dev.oaiproxy.proxy.relay.exchange.ProxyHeaders;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.relay.plan.BodyEdit;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Carries one response from OpenAI to the client, through a tap, and charges it on the way. */
public final class Delivery {
    /** The buffer of a stream until more comes at once; there can be thousands of streams. */
    private static final int EVENT_BYTES = 1 << 10;

    private final UpstreamResponse response;
    private final BodyEdit edit;
    private final Settlement settlement;
    private final ClientResponse clientResponse;
    private final ResponseMode mode;
    private final boolean stream;
    private final Tap tap;
    private final @Nullable CostInUsage costs;

    /**
     * @param asked the headers of the client's request
     */
    public Delivery(
            UpstreamResponse response,
            BodyEdit edit,
            Settlement settlement,
            ClientExchange client,
            ResponseDrainer responseDrainer,
            Headers asked) {
        this.response = response;
        this.edit = edit;
        this.settlement = settlement;
        this.clientResponse =
                new ClientResponse(
                        client,
                        response,
                        this::headers,
                        responseDrainer,
                        edit.recorder(),
                        settlement.lease());
        this.mode = edit.responseMode(response, settlement.lease());
        this.stream = mode.pace() == ResponseMode.Pace.EVENTS;
        this.tap = mode.tap();
        this.costs =
                CostInUsage.isWanted(asked)
                        ? CostInUsage.of(edit.request().meter(), response, mode, settlement.lease())
                        : null;
    }

    /** Reads the response to its end, even if the client disconnects. */
    public void run() {
        try (clientResponse) {
            deliver();
        } catch (UpstreamException e) {
            broken(e);
        } catch (NoRoomException e) {
            if (!settlement.hasEnded()) {
                settlement.deferOrChargeSeen(
                        tap.reading(),
                        "the server had too little memory to read the response",
                        response.status());
            }
            clientResponse.breakOff(mode.pace(), new Refusal.Broken(false));
        }
    }

    private void deliver() throws UpstreamException {
        if (copy() && settle()) {
            clientResponse.finish();
            if (!clientResponse.isWithheld()) {
                return;
            }
        }
        clientResponse.breakOff(mode.pace(), new Refusal.NotRecorded());
    }

    /**
     * Copies the response; false when its charge is not durable, or its rest is not worth reading.
     */
    private boolean copy() throws UpstreamException {
        byte[] buffer = new byte[stream ? EVENT_BYTES : ProxyHeaders.bufferBytes(response)];
        for (int n = response.read(buffer); n >= 0; n = response.read(buffer)) {
            settlement.bodyRecorder().add(buffer, n);
            if (!pass(tap.pass(ByteBuffer.wrap(buffer, 0, n)))) {
                return false;
            }
            if (clientResponse.isExhausted()) {
                giveUp();
                return false;
            }
            if (n == buffer.length && n < ProxyHeaders.BUFFER_BYTES) {
                buffer = new byte[ProxyHeaders.BUFFER_BYTES];
            }
        }
        return pass(tap.end());
    }

    private boolean pass(ByteBuffer bytes) {
        if (tap.isFinal() && !settle()) {
            clientResponse.withhold(costs == null ? bytes : costs.last(bytes, null));
            return false;
        }
        ByteBuffer shown = tap.isFinal() ? shownLast(bytes) : shown(bytes);
        switch (mode.pace()) {
            case EVENTS -> {
                if (tap.isFinal()) {
                    clientResponse.sendLast(shown);
                } else {
                    clientResponse.send(shown);
                }
            }
            case PIECES -> clientResponse.keep(shown, 0);
            case WHOLE -> clientResponse.keep(shown, ClientResponse.WINDOW_BYTES);
        }
        return true;
    }

    private ByteBuffer shown(ByteBuffer bytes) {
        return costs == null ? bytes : costs.pass(bytes);
    }

    private ByteBuffer shownLast(ByteBuffer bytes) {
        return costs == null ? bytes : costs.last(bytes, settlement.cost());
    }

    /** Charges once; true when the charge is durable. */
    private boolean settle() {
        return settlement.hasEnded() || settlement.settle(tap, response.status());
    }

    private void broken(UpstreamException e) {
        if (tap.reading() instanceof UsageResult.Complete) {
            settle();
        } else {
            cut(e);
        }
        if (stream && costs != null) {
            clientResponse.send(shownLast(Tap.NOTHING.duplicate()));
        }
        clientResponse.breakOff(mode.pace(), UpstreamErrors.refusal(e));
    }

    private void giveUp() {
        if (clientResponse.isCancelled() && !settlement.hasEnded()) {
            settlement.cancelled(tap.reading(), response.status());
        } else {
            unread("the client disconnected, and the rest of the response was too long to read");
        }
    }

    /**
     * Ends a broken response. After the client has left, the proxy itself cuts one that takes too
     * long.
     */
    private void cut(UpstreamException e) {
        if (clientResponse.isGone()) {
            unread("the client disconnected, and the rest of the response did not arrive");
        } else if (!settlement.hasEnded()) {
            settlement.deferOrChargeSeen(tap.reading(), reason(e), response.status());
        }
    }

    private void unread(String reason) {
        if (!settlement.hasEnded()) {
            settlement.deferOrEstimate(tap.reading(), reason, response.status());
        }
    }

    private static String reason(UpstreamException e) {
        return e.isTimeout() ? "the response stalled" : "the response broke off";
    }

    private Headers headers() {
        Headers headers = settlement.mark(ProxyHeaders.headers(response)).filter(this::holds);
        String made = mode.contentType();
        if (made != null) {
            headers = headers.with("content-type", made);
        }
        Long clamped = edit.clampedTo();
        return clamped == null
                ? headers
                : headers.with("x-oaiproxy-clamped-output-tokens", clamped.toString());
    }

    /** False for the length and the type of a response that the proxy changes. */
    private boolean holds(String header) {
        boolean length = header.equalsIgnoreCase("content-length");
        boolean type = header.equalsIgnoreCase("content-type");
        boolean other = stream || costs != null || mode.contentType() != null;
        return !(length && other) && !(type && mode.contentType() != null);
    }
}
