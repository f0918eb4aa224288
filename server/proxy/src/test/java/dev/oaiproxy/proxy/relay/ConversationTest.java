package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.proxy.upstream.Message;
import dev.oaiproxy.proxy.upstream.Socket;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A conversation whose ends come at the worst of times. */
@Timeout(60)
final class ConversationTest {
    private final Drains drains =
            new Drains(new Drains.Bounds(Drains.Action.DRAIN, 1, Duration.ofMinutes(1), 1 << 20));
    private final CountDownLatch openAiEnded = new CountDownLatch(1);
    private final CountDownLatch farewell = new CountDownLatch(1);

    @AfterEach
    void stop() {
        drains.close();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** An OpenAI that says nothing, and then is gone. */
    private final class Silent implements Socket {
        @Override
        public Message receive() throws UpstreamException {
            await(openAiEnded);
            throw PlayedOpenAi.failure(Kind.UNKNOWN);
        }

        @Override
        public void send(Message message) {}

        @Override
        public void close() {
            openAiEnded.countDown();
        }
    }

    /** A client that gives these messages, and leaves. */
    private final class Leaving implements Peer {
        private @Nullable Message next;

        Leaving(@Nullable Message next) {
            this.next = next;
        }

        @Override
        public Message receive() throws ClientGoneException {
            Message message = next;
            next = null;
            if (message == null) {
                throw new ClientGoneException(new IllegalStateException("played"));
            }
            return message;
        }

        @Override
        public void send(Message message) {
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

    /** A meter of which a test says what it does. */
    private static final class Meter implements Dialogue {
        private final Supplier<Verdict> heard;
        private final Supplier<Boolean> owing;
        private volatile boolean left;
        private volatile boolean ended;

        Meter(Supplier<Verdict> heard, Supplier<Boolean> owing) {
            this.heard = heard;
            this.owing = owing;
        }

        @Override
        public Verdict heard(Message message) {
            return heard.get();
        }

        @Override
        public Verdict told(Message message) {
            return new Verdict.Pass(message);
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

    private void run(Meter meter, @Nullable Message said) {
        new Conversation(meter, Optional.empty(), new Silent(), new Leaving(said), drains).run();
        assertThat(meter.left).isTrue();
        assertThat(meter.ended).isTrue();
        assertThat(drains.enter()).as("the only place is free").isTrue();
    }

    @Test
    void givesItsPlaceBackWhereOpenAiEndsWhileTheClientLeaves() {
        Supplier<Boolean> owingUntilTheEnd =
                () -> {
                    openAiEnded.countDown();
                    return await(farewell);
                };
        run(new Meter(() -> new Verdict.Pass(new Message.Text("")), owingUntilTheEnd), null);
    }

    @Test
    void endsWhereItsMeterFails() {
        Supplier<Verdict> failing =
                () -> {
                    throw new IllegalStateException("played");
                };
        run(new Meter(failing, () -> false), new Message.Text("{}"));
    }

    @Test
    void countsAConversationThatCannotBeReadOn() {
        assertThat(drains.enter()).isTrue();
        converse(drains, () -> true);
        assertThat(drains.count(Drains.End.LEFT)).isOne();
    }

    @Test
    void countsADrainThatTakesTooLong() {
        try (Drains hasty =
                new Drains(
                        new Drains.Bounds(Drains.Action.DRAIN, 1, Duration.ofMillis(1), 1 << 20))) {
            converse(hasty, () -> true);
            assertThat(hasty.count(Drains.End.CUT)).isOne();
        }
    }

    @Test
    void countsADrainToTheEnd() {
        Iterator<Boolean> owing = List.of(true, false, false).iterator();
        converse(drains, owing::next);
        assertThat(drains.count(Drains.End.READ)).isOne();
    }

    private void converse(Drains places, Supplier<Boolean> owing) {
        Meter meter = new Meter(() -> new Verdict.Pass(new Message.Text("")), owing);
        new Conversation(meter, Optional.empty(), new Silent(), new Leaving(null), places).run();
    }
}
