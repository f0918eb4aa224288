package dev.oaiproxy.proxy.relay.socket;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.proxy.quota.Quota;
import dev.oaiproxy.proxy.relay.call.CostInUsage;
import dev.oaiproxy.proxy.relay.call.ResponseDrainer;
import dev.oaiproxy.proxy.relay.call.SettlementFactory;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.relay.plan.Plan;
import dev.oaiproxy.proxy.relay.plan.RequestPlanner;
import dev.oaiproxy.proxy.relay.plan.SessionPreset;
import dev.oaiproxy.proxy.relay.plan.WebSocketQuery;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.websocket.HandshakeResult;
import dev.oaiproxy.proxy.upstream.websocket.UpstreamWebSocket;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketClient;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Relays one WebSocket: identifies the key, makes the first holds, and passes every message in both
 * directions through the meter of its operation.
 */
public final class WebSocketRelay {
    private static final Logger LOG = System.getLogger(WebSocketRelay.class.getName());
    private static final Set<String> PASSED = Set.of("openai-beta", "openai-safety-identifier");
    private static final Set<Integer> OPERATORS = Set.of(401, 403, 429);

    private final RequestPlanner requestPlanner;
    private final Quota quota;
    private final SettlementFactory settlementFactory;
    private final Supplier<PriceBook> prices;
    private final InstantSource clock;
    private final WebSocketClient webSocketClient;
    private final Duration patience;

    /**
     * @param patience the longest total time that the database may keep a client waiting
     */
    public WebSocketRelay(
            RequestPlanner requestPlanner,
            Quota quota,
            SettlementFactory settlementFactory,
            Supplier<PriceBook> prices,
            InstantSource clock,
            WebSocketClient webSocketClient,
            Duration patience) {
        this.requestPlanner = requestPlanner;
        this.quota = quota;
        this.settlementFactory = settlementFactory;
        this.prices = prices;
        this.clock = clock;
        this.webSocketClient = webSocketClient;
        this.patience = patience;
    }

    /** Relays a WebSocket. Returns when both sides have ended and all is charged. */
    public void handle(ProxyRequest request, ClientWebSocket client) throws ClientGoneException {
        Optional<SessionPreset> preset = requestPlanner.preset(request);
        ProxyRequest whole = preset.map(known -> known.completed(request)).orElse(request);
        SocketMeter meter;
        try {
            meter = Deadline.within(patience, () -> start(whole));
        } catch (RefusedException e) {
            client.refuse(e.refusal());
            return;
        }
        open(whole, meter, preset.map(SessionPreset::opening), client);
    }

    private SocketMeter start(ProxyRequest request) {
        Plan.WebSocket webSocket = requestPlanner.planWebSocket(request);
        SessionAdmission sessionAdmission =
                new SessionAdmission(webSocket, quota, settlementFactory, prices.get(), clock);
        return switch (webSocket.meter()) {
            case Meter.REALTIME -> realtime(sessionAdmission, WebSocketQuery.of(request.query()));
            case Meter.REALTIME_TRANSLATION ->
                    TranslationMeter.start(sessionAdmission, WebSocketQuery.of(request.query()));
            case Meter.RESPONSE_SOCKET ->
                    new ResponsesSocketMeter(requestPlanner, webSocket, quota, settlementFactory);
            default -> throw new IllegalStateException("not a WebSocket: " + webSocket.meter());
        };
    }

    private static RealtimeMeter realtime(SessionAdmission admission, WebSocketQuery query) {
        query.require();
        Lease lease = admission.webSocket().lease();
        TranscriptionMeter transcription = new TranscriptionMeter(admission);
        if (query.model() == null && query.transcribes()) {
            return new RealtimeMeter(null, transcription, lease);
        }
        String model = query.requireModel();
        ModelPrice price = admission.price(model);
        return switch (price.kind()) {
            case ModelKind.REALTIME -> {
                ResponseMeter responses = new ResponseMeter(admission, model, price);
                responses.open();
                yield new RealtimeMeter(responses, transcription, lease);
            }
            case ModelKind.TRANSCRIPTION -> {
                transcription.use(model, 0);
                yield new RealtimeMeter(null, transcription, lease);
            }
            default -> throw malformed("Not a realtime model: " + model, "model");
        };
    }

    private void open(
            ProxyRequest request,
            SocketMeter meter,
            Optional<WebSocketMessage> first,
            ClientWebSocket client)
            throws ClientGoneException {
        try {
            String address = WebSocketQuery.of(request.query()).address(request.path());
            Headers headers =
                    request.headers()
                            .filter(name -> PASSED.contains(name.toLowerCase(Locale.ROOT)));
            switch (webSocketClient.open(address, headers, request.lease())) {
                case HandshakeResult.Rejected rejected -> client.refuse(refusal(rejected.status()));
                case HandshakeResult.Opened opened -> {
                    try (UpstreamWebSocket openAi = opened.socket()) {
                        client.accept();
                        Lease costCopies =
                                CostInUsage.isWanted(request.headers()) ? request.lease() : null;
                        ResponseDrainer drainer = settlementFactory.responseDrainer();
                        new WebSocketSession(meter, first, openAi, client, drainer, costCopies)
                                .run();
                    }
                }
            }
        } catch (UpstreamException e) {
            client.refuse(UpstreamErrors.refusal(e));
        } finally {
            meter.end();
        }
    }

    private static Refusal refusal(int status) {
        if (OPERATORS.contains(status)) {
            Alarms.raise(LOG, "openai_socket_refused", "status={0}", status);
            return new Refusal.OperatorTrouble();
        }
        if (UpstreamErrors.isRedirect(status)) {
            Alarms.raise(LOG, "openai_redirects", "status={0}", status);
            return new Refusal.Redirected();
        }
        return new Refusal.Malformed("OpenAI refused the connection: status " + status, null);
    }
}
