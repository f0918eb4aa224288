package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.proxy.quota.GrantedHold;
import dev.oaiproxy.proxy.quota.Quota;
import dev.oaiproxy.proxy.relay.call.Delivery;
import dev.oaiproxy.proxy.relay.call.ErrorDelivery;
import dev.oaiproxy.proxy.relay.call.ResponseDrainer;
import dev.oaiproxy.proxy.relay.call.Settlement;
import dev.oaiproxy.proxy.relay.call.SettlementFactory;
import dev.oaiproxy.proxy.relay.exchange.ClientExchange;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.ProxyHeaders;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.relay.free.FreeCall;
import dev.oaiproxy.proxy.relay.free.ListCall;
import dev.oaiproxy.proxy.relay.plan.BodyEdit;
import dev.oaiproxy.proxy.relay.plan.Plan;
import dev.oaiproxy.proxy.relay.plan.RequestPlanner;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Handles one call from request to charge: plans it, holds its ceiling against the quota, sends it
 * to OpenAI, and passes the response through a tap that reads its usage. The end of a response goes
 * to the client only when its charge is durable.
 */
public final class Relay {
    private static final Headers JSON = Headers.of("Content-Type", "application/json");

    private final RequestPlanner requestPlanner;
    private final Quota quota;
    private final Upstream upstream;
    private final SettlementFactory settlementFactory;
    private final Duration patience;

    /**
     * @param patience the longest total time that the database may keep a client waiting
     */
    public Relay(
            RequestPlanner requestPlanner,
            Quota quota,
            Upstream upstream,
            SettlementFactory settlementFactory,
            Duration patience) {
        this.requestPlanner = requestPlanner;
        this.quota = quota;
        this.upstream = upstream;
        this.settlementFactory = settlementFactory;
        this.patience = patience;
    }

    /** Handles one call. Returns when the response has been sent and the call has been charged. */
    public void handle(ProxyRequest request, ClientExchange client) throws ClientGoneException {
        try {
            Deadline.within(patience, () -> admit(request, client)).run();
        } catch (RefusedException e) {
            client.refuse(e.refusal());
        } catch (NoRoomException e) {
            client.refuse(new Refusal.NoRoom());
        }
    }

    /** The rest of a call after its admission; the database deadline does not bound it. */
    private interface Admitted {
        void run() throws ClientGoneException;
    }

    private Admitted admit(ProxyRequest request, ClientExchange client) {
        try {
            return planned(request, client);
        } catch (RefusedException e) {
            requestPlanner.requireKeyBefore(e.refusal(), request);
            throw e;
        }
    }

    private Admitted planned(ProxyRequest request, ClientExchange client) {
        return switch (requestPlanner.plan(request)) {
            case Plan.LocalResponse local -> () -> answer(local.json(), client);
            case Plan.Free free -> () -> new FreeCall(upstream, request, free, client).run();
            case Plan.Listed listed -> () -> new ListCall(upstream, request, listed, client).run();
            case Plan.Metered metered -> {
                // The memory for editing the request is reserved first; without it, nothing is
                // held.
                request.lease().require(Use.REQUEST, BodyEdit.memory(metered.request()));
                GrantedHold granted = quota.ask(metered.request());
                yield () -> spend(request, metered, granted, client);
            }
        };
    }

    private static void answer(byte[] json, ClientExchange client) throws ClientGoneException {
        client.begin(200, JSON);
        client.write(ByteBuffer.wrap(json));
        client.finish();
    }

    private void spend(
            ProxyRequest request, Plan.Metered plan, GrantedHold granted, ClientExchange client)
            throws ClientGoneException {
        try (Settlement settlement =
                settlementFactory.open(plan, granted.hold(), request.lease())) {
            String contentType = request.headers().first("content-type").orElse("");
            BodyEdit edit = BodyEdit.of(plan, granted, contentType);
            request.lease().give(BodyEdit.memory(plan.request()) - edit.ownBytes());
            settlement.bodyRecorder().sent(edit.body());
            exchange(request, edit, settlement, client);
        }
    }

    private void exchange(
            ProxyRequest request, BodyEdit edit, Settlement settlement, ClientExchange client)
            throws ClientGoneException {
        UpstreamRequest upstreamRequest = ProxyHeaders.request(request, edit.body());
        settlement.noteSending();
        try (UpstreamResponse response = upstream.send(upstreamRequest)) {
            if (UpstreamErrors.isRedirect(response)) {
                settlement.release("OpenAI returned a redirect", response.status());
                client.refuse(new Refusal.Redirected());
            } else if (UpstreamErrors.isError(response)) {
                ErrorDelivery.passOn(response, settlement, client);
            } else {
                ResponseDrainer drainer = settlementFactory.responseDrainer();
                new Delivery(response, edit, settlement, client, drainer, request.headers()).run();
            }
        } catch (UpstreamException e) {
            settlement.noAnswer(e);
            client.refuse(UpstreamErrors.refusal(e));
        }
    }
}
