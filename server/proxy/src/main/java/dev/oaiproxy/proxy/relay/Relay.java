package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.quota.Quota;
import dev.oaiproxy.proxy.relay.call.ClientResponse;
import dev.oaiproxy.proxy.relay.call.Delivery;
import dev.oaiproxy.proxy.relay.call.ErrorDelivery;
import dev.oaiproxy.proxy.relay.call.Settlement;
import dev.oaiproxy.proxy.relay.call.SettlementFactory;
import dev.oaiproxy.proxy.relay.exchange.ClientExchange;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.ProxyHeaders;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
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
import java.util.List;

/**
 * Takes one call on its one way: who asks and for what, what it can cost at most, whether that may
 * be spent, what OpenAI answers, what was consumed and what that costs; and the end of the answer
 * goes to the client only when the charge is written down.
 */
public final class Relay {
    private static final Headers.Header JSON =
            new Headers.Header("Content-Type", "application/json");

    private final RequestPlanner requestPlanner;
    private final Quota quota;
    private final Upstream upstream;
    private final SettlementFactory settlementFactory;

    public Relay(
            RequestPlanner requestPlanner,
            Quota quota,
            Upstream upstream,
            SettlementFactory settlementFactory) {
        this.requestPlanner = requestPlanner;
        this.quota = quota;
        this.upstream = upstream;
        this.settlementFactory = settlementFactory;
    }

    /** Answers one call. Returns when the answer has been sent and the call has been charged. */
    public void handle(ProxyRequest proxyRequest, ClientExchange clientExchange)
            throws ClientGoneException {
        Deadline.within(requestPlanner.patience(), () -> decide(proxyRequest, clientExchange))
                .run();
    }

    /** What is done about a call once that has been decided, however long it takes. */
    private interface Course {
        void run() throws ClientGoneException;
    }

    private Course decide(ProxyRequest proxyRequest, ClientExchange clientExchange) {
        return switch (requestPlanner.plan(proxyRequest)) {
            case Plan.Refuse refused -> () -> clientExchange.refuse(refused.why());
            // A conversation begins with a handshake, never with a call.
            case Plan.WebSocket _ -> () -> clientExchange.refuse(new Refusal.UnknownPath());
            case Plan.LocalResponse local -> () -> answer(local.json(), clientExchange);
            case Plan.Free free ->
                    () -> new FreeCall(upstream, proxyRequest, free, clientExchange).run();
            case Plan.Listed listed ->
                    () -> new ListCall(upstream, proxyRequest, listed, clientExchange).run();
            case Plan.Metered metered -> admit(proxyRequest, metered, clientExchange);
        };
    }

    private static void answer(byte[] json, ClientExchange clientExchange)
            throws ClientGoneException {
        clientExchange.begin(200, Headers.of(List.of(JSON)));
        clientExchange.write(ByteBuffer.wrap(json));
        clientExchange.finish();
    }

    /** Nothing is held for a call whose edit would find no room. */
    private Course admit(
            ProxyRequest proxyRequest, Plan.Metered plan, ClientExchange clientExchange) {
        if (!proxyRequest.lease().take(Use.REQUEST, BodyEdit.memory(plan.quotaRequest()))) {
            return () -> clientExchange.refuse(new Refusal.NoRoom());
        }
        return switch (quota.ask(plan.quotaRequest())) {
            case Grant.Granted granted -> () -> spend(proxyRequest, plan, granted, clientExchange);
            case Grant denied -> () -> clientExchange.refuse(new Refusal.NotGranted(denied));
        };
    }

    private void spend(
            ProxyRequest proxyRequest,
            Plan.Metered plan,
            Grant.Granted granted,
            ClientExchange clientExchange)
            throws ClientGoneException {
        Settlement.Call call =
                new Settlement.Call(
                        plan.quotaRequest(),
                        plan.prices(),
                        granted.hold(),
                        plan.objectRecorder().isKept());
        try (Settlement settlement = settlementFactory.open(call, proxyRequest.lease())) {
            String contentType = proxyRequest.headers().first("content-type").orElse("");
            BodyEdit bodyEdit = BodyEdit.of(plan, granted, contentType);
            proxyRequest.lease().give(BodyEdit.memory(plan.quotaRequest()) - bodyEdit.ownBytes());
            settlement.recorder().sent(bodyEdit.body());
            exchange(proxyRequest, bodyEdit, settlement, clientExchange);
        }
    }

    private void exchange(
            ProxyRequest proxyRequest,
            BodyEdit bodyEdit,
            Settlement settlement,
            ClientExchange clientExchange)
            throws ClientGoneException {
        UpstreamRequest upstreamRequest = ProxyHeaders.request(proxyRequest, bodyEdit.body());
        settlement.ask();
        try (UpstreamResponse upstreamResponse = upstream.send(upstreamRequest)) {
            if (UpstreamErrors.isRedirect(upstreamResponse)) {
                settlement.release("OpenAI answered with a redirect", upstreamResponse.status());
                clientExchange.refuse(new Refusal.Redirected());
            } else if (UpstreamErrors.isError(upstreamResponse)) {
                ErrorDelivery.passOn(upstreamResponse, settlement, clientExchange);
            } else {
                ClientResponse clientResponse =
                        settlementFactory.outlet(
                                proxyRequest, clientExchange, bodyEdit.objectRecorder());
                new Delivery(
                                upstreamResponse,
                                bodyEdit,
                                settlement,
                                clientResponse,
                                proxyRequest.headers())
                        .run();
            }
        } catch (UpstreamException e) {
            settlement.noAnswer(e);
            clientExchange.refuse(UpstreamErrors.refusal(e));
        }
    }
}
