package dev.oaiproxy.proxy.relay.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.proxy.relay.ScriptedOpenAi;
import dev.oaiproxy.proxy.relay.call.ResponseDrainer;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamException.SendState;
import dev.oaiproxy.proxy.upstream.websocket.UpstreamWebSocket;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions that end at unfavourable moments. */
@Timeout(60)
@Tag("fast")
final class WebSocketSessionTest {
    private final ResponseDrainer responseDrainer =
            new ResponseDrainer(ResponseDrainer.Action.DRAIN, 1, Duration.ofMinutes(1), 1 << 20);
    private final CountDownLatch openAiEnded = new CountDownLatch(1);
    private final CountDownLatch farewell = new CountDownLatch(1);

    @AfterEach
    void stop() {
        responseDrainer.close();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** An OpenAI that sends nothing, and then disconnects. */
    private final class Silent implements UpstreamWebSocket {
        @Override
        public WebSocketMessage receive() throws UpstreamException {
            await(openAiEnded);
            throw ScriptedOpenAi.failure(SendState.UNKNOWN);
        }

        @Override
        public void send(WebSocketMessage message) {}

        @Override
        public void close() {
            openAiEnded.countDown();
        }
    }

    /** A client that sends these messages, and disconnects. */
    private final class Leaving implements ClientWebSocket {
        private @Nullable WebSocketMessage next;

        Leaving(@Nullable WebSocketMessage next) {
            this.next = next;
        }

        @Override
        public WebSocketMessage receive() throws ClientGoneException {
            WebSocketMessage message = next;
            next = null;
            if (message == null) {
                throw new ClientGoneException(new IllegalStateException("played"));
            }
            return message;
        }

        @Override
        public void send(WebSocketMessage message) {
            farewell.countDown();
        }

        @Override
        public void object(Refusal why, @Nullable String eventId) {}

        @Override
        public void refuse(Refusal why) {}

        @Override
        public void linger() {}

        @Override
        public void accept() {}

        @Override
        public void close() {}
    }

    /** A scripted meter. */
    private static final class Meter implements SocketMeter {
        private final Supplier<MessageAction> heard;
        private final Supplier<Boolean> owing;
        private volatile boolean left;
        private volatile boolean ended;

        Meter(Supplier<MessageAction> heard, Supplier<Boolean> owing) {
            this.heard = heard;
            this.owing = owing;
        }

        @Override
        public MessageAction heard(WebSocketMessage message) {
            return heard.get();
        }

        @Override
        public MessageAction told(WebSocketMessage message) {
            return new MessageAction.Pass(message);
        }

        @Override
        public void left() {
            left = true;
        }

        @Override
        public boolean isOwing() {
            return owing.get();
        }

        @Override
        public void end() {
            ended = true;
        }
    }

    private void run(Meter meter, @Nullable WebSocketMessage said) {
        new WebSocketSession(
                        meter,
                        Optional.empty(),
                        new Silent(),
                        new Leaving(said),
                        responseDrainer,
                        null)
                .run();
        assertThat(meter.left).isTrue();
        assertThat(meter.ended).isTrue();
        assertThat(responseDrainer.enter()).as("the only place is free").isTrue();
    }

    @Test
    void givesItsPlaceBackWhereOpenAiEndsWhileTheClientLeaves() {
        AtomicBoolean leaving = new AtomicBoolean();
        // The client's side requests first, and waits; OpenAI's side requests at its end.
        Supplier<Boolean> owingUntilTheEnd =
                () -> {
                    openAiEnded.countDown();
                    return leaving.getAndSet(true) || await(farewell);
                };
        run(
                new Meter(
                        () -> new MessageAction.Pass(new WebSocketMessage.Text("")),
                        owingUntilTheEnd),
                null);
    }

    @Test
    void endsWhereItsMeterFails() {
        Supplier<MessageAction> failing =
                () -> {
                    throw new IllegalStateException("played");
                };
        run(new Meter(failing, () -> false), new WebSocketMessage.Text("{}"));
    }

    @Test
    void countsAConversationThatCannotBeReadOn() {
        assertThat(responseDrainer.enter()).isTrue();
        converse(responseDrainer, () -> true);
        assertThat(responseDrainer.count(ResponseDrainer.End.LEFT)).isOne();
    }

    @Test
    void countsADrainThatTakesTooLong() {
        try (ResponseDrainer hasty =
                new ResponseDrainer(
                        ResponseDrainer.Action.DRAIN, 1, Duration.ofMillis(1), 1 << 20)) {
            converse(hasty, () -> true);
            assertThat(hasty.count(ResponseDrainer.End.CUT)).isOne();
        }
    }

    @Test
    void countsADrainToTheEnd() {
        Iterator<Boolean> owing = List.of(true, false, false).iterator();
        converse(responseDrainer, owing::next);
        assertThat(responseDrainer.count(ResponseDrainer.End.READ)).isOne();
    }

    private void converse(ResponseDrainer places, Supplier<Boolean> owing) {
        Meter meter = new Meter(() -> new MessageAction.Pass(new WebSocketMessage.Text("")), owing);
        new WebSocketSession(meter, Optional.empty(), new Silent(), new Leaving(null), places, null)
                .run();
    }
}
