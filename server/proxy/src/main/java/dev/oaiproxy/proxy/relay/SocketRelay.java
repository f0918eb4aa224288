package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.proxy.quota.Quota;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Message;
import dev.oaiproxy.proxy.upstream.Opening;
import dev.oaiproxy.proxy.upstream.Socket;
import dev.oaiproxy.proxy.upstream.Sockets;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.lang.System.Logger;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Takes one WebSocket on its way: who asks and for what, whether what can begin on it may be spent,
 * and then every message in both directions through the meter of its operation.
 */
public final class SocketRelay {
    private static final Logger LOG = System.getLogger(SocketRelay.class.getName());
    private static final Set<String> PASSED = Set.of("openai-beta", "openai-safety-identifier");
    private static final Set<Integer> OPERATORS = Set.of(401, 403, 429);

    private final Intake intake;
    private final Parts parts;
    private final Sockets sockets;

    /** What holds and charges. */
    public record Parts(
            Quota quota, Cashier cashier, Supplier<PriceBook> prices, InstantSource clock) {}

    public SocketRelay(Intake intake, Parts parts, Sockets sockets) {
        this.intake = intake;
        this.parts = parts;
        this.sockets = sockets;
    }

    /** Takes one. Returns when both sides have ended and all is charged. */
    public void handle(Ask ask, Peer client) throws ClientGoneException {
        Optional<SessionPreset> preset = intake.preset(ask);
        Ask whole = preset.map(known -> known.completed(ask)).orElse(ask);
        switch (Deadline.within(intake.patience(), () -> start(whole))) {
            case Start.Refused refused -> client.refuse(refused.why());
            case Start.Begun begun -> {
                Optional<Message> first = preset.map(SessionPreset::opening);
                open(whole, shown(whole, begun.dialogue()), first, client);
            }
        }
    }

    private static Dialogue shown(Ask ask, Dialogue dialogue) {
        return CostInUsage.isWanted(ask.headers())
                ? new CostsTold(dialogue, ask.lease())
                : dialogue;
    }

    private Start start(Ask ask) {
        return switch (intake.talk(ask)) {
            case Plan.Refuse refused -> new Start.Refused(refused.why());
            case Plan.Talk talk -> start(ask, talk);
            case Plan.LocalResponse _, Plan.Free _, Plan.Listed _, Plan.Metered _ ->
                    new Start.Refused(new Refusal.UnknownPath());
        };
    }

    private Start start(Ask ask, Plan.Talk talk) {
        Payer payer = new Payer(talk, parts);
        return switch (talk.meter()) {
            case Meter.REALTIME -> RealtimeStart.of(payer, SocketQuery.of(ask.query()));
            case Meter.REALTIME_TRANSLATION ->
                    TranslationDialogue.start(payer, SocketQuery.of(ask.query()));
            case Meter.RESPONSE_SOCKET ->
                    new Start.Begun(new ResponsesDialogue(intake, talk, parts));
            default -> throw new IllegalStateException("not a conversation: " + talk.meter());
        };
    }

    private void open(Ask ask, Dialogue dialogue, Optional<Message> first, Peer client)
            throws ClientGoneException {
        try {
            String address = SocketQuery.of(ask.query()).address(ask.path());
            Headers headers =
                    ask.headers().filter(name -> PASSED.contains(name.toLowerCase(Locale.ROOT)));
            switch (sockets.open(address, headers, ask.lease())) {
                case Opening.Refused refused -> client.refuse(refusal(refused.status()));
                case Opening.Opened opened -> {
                    try (Socket openAi = opened.socket()) {
                        client.accept();
                        Drains drains = parts.cashier().drains();
                        new Conversation(dialogue, first, openAi, client, drains).run();
                    }
                }
            }
        } catch (UpstreamException e) {
            client.refuse(Trouble.refusal(e));
        } finally {
            dialogue.end();
        }
    }

    private static Refusal refusal(int status) {
        if (OPERATORS.contains(status)) {
            Alarms.raise(LOG, "openai_socket_refused", "status={0}", status);
            return new Refusal.OperatorTrouble();
        }
        if (Trouble.isRedirect(status)) {
            Alarms.raise(LOG, "openai_redirects", "status={0}", status);
            return new Refusal.Redirected();
        }
        return new Refusal.Malformed("OpenAI refused the connection: status " + status, null);
    }
}
