package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.alarm.FatalErrors;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.proxy.upstream.Message;
import dev.oaiproxy.proxy.upstream.Socket;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.lang.System.Logger;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages between a client and OpenAI until one of them has had enough, or the meter has.
 * The client's messages are read by the thread that runs it, OpenAI's by another; each waits until
 * the other side has taken a message before it reads the next.
 */
final class Conversation {
    private static final Logger LOG = System.getLogger(Conversation.class.getName());
    private static final int POLICY = 1008;
    private static final int BROKEN = 1011;
    private static final int TRY_AGAIN_LATER = 1013;

    /** How long a client may take to answer the end with its own. */
    private static final long FAREWELL_SECONDS = 5;

    private final Dialogue dialogue;
    private final Optional<Message> first;
    private final Socket openAi;
    private final Peer client;
    private final Drains drains;
    private final AtomicBoolean gone = new AtomicBoolean();
    private final CountDownLatch silent = new CountDownLatch(1);
    private volatile boolean stopped;
    private volatile Message.@Nullable Closed ownEnd;
    private boolean draining;

    /** Whether OpenAI had stated all that it owed before its side ended. */
    private volatile boolean wasRead;

    private @Nullable Future<?> alarm;

    /**
     * @param first what is said in the client's name before it says anything itself
     */
    Conversation(
            Dialogue dialogue, Optional<Message> first, Socket openAi, Peer client, Drains drains) {
        this.dialogue = dialogue;
        this.first = first;
        this.openAi = openAi;
        this.client = client;
        this.drains = drains;
    }

    /** Returns when both sides have ended and all is charged. */
    void run() {
        Thread ear = Thread.ofVirtual().name("openai-ear").start(this::listen);
        speak();
        silent.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                ear.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        endDrain();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void speak() {
        try {
            if (first.isPresent()) {
                hear(first.get());
            }
            Message message = client.receive();
            while (!(message instanceof Message.Closed)) {
                hear(message);
                message = client.receive();
            }
            // The end is answered: nothing more is to come from either side.
            client.close();
        } catch (ClientGoneException | UpstreamException ended) {
            // The one that is still there is told by the other thread.
        } catch (NoRoomException e) {
            ownEnd = new Message.Closed(TRY_AGAIN_LATER, NoRoomException.MESSAGE);
            hangUpUnlessOwing();
        } catch (RuntimeException | Error unexpected) {
            FatalErrors.report(unexpected);
            Alarms.raise(LOG, "conversation_failed", unexpected);
        }
        left();
        client.linger();
    }

    private void hear(Message message) throws ClientGoneException, UpstreamException {
        switch (dialogue.heard(message)) {
            case Verdict.First first -> {
                openAi.send(first.other());
                hear(message);
            }
            case Verdict.Drop _ -> {}
            case Verdict.Pass pass -> openAi.send(pass.message());
            case Verdict.Deny deny -> client.object(deny.why(), deny.eventId());
            case Verdict.Stop stop -> {
                client.object(stop.why(), null);
                stopped = true;
                hangUpUnlessOwing();
            }
        }
    }

    /** Where nothing is owed, there is nothing more to wait for. */
    private void hangUpUnlessOwing() {
        if (!dialogue.isOwing()) {
            openAi.close();
        }
    }

    /** From here on OpenAI is heard only for what it is owed, within bounds. */
    private void left() {
        if (!gone.compareAndSet(false, true)) {
            return;
        }
        dialogue.left();
        boolean owing = dialogue.isOwing();
        draining = owing && drains.enter();
        if (draining) {
            alarm = drains.whenOver(openAi::close);
            hangUpUnlessOwing();
            return;
        }
        if (owing) {
            drains.ended(Drains.End.LEFT);
        }
        openAi.close();
    }

    private void listen() {
        Message.Closed farewell = new Message.Closed(BROKEN, "The connection to OpenAI broke.");
        try {
            farewell = hear();
        } catch (UpstreamException broken) {
            // Then it broke, or this side has ended it.
        } catch (NoRoomException e) {
            farewell = new Message.Closed(TRY_AGAIN_LATER, NoRoomException.MESSAGE);
        } catch (RuntimeException | Error unexpected) {
            FatalErrors.report(unexpected);
            Alarms.raise(LOG, "conversation_failed", unexpected);
        } finally {
            wasRead = !dialogue.isOwing();
            dialogue.end();
            openAi.close();
            leave(ending(farewell));
        }
    }

    private Message.Closed ending(Message.Closed farewell) {
        Message.Closed own = ownEnd;
        if (own != null) {
            return own;
        }
        return stopped ? new Message.Closed(POLICY, "No more is granted.") : farewell;
    }

    private Message.Closed hear() throws UpstreamException {
        long swallowed = 0;
        Message message = openAi.receive();
        while (!(message instanceof Message.Closed closed)) {
            tell(dialogue.told(message));
            swallowed += gone.get() ? size(message) : 0;
            boolean wanted = !gone.get() && !stopped;
            if (!wanted && (!dialogue.isOwing() || swallowed > drains.mostBytes())) {
                return new Message.Closed(POLICY, "");
            }
            message = openAi.receive();
        }
        return closed;
    }

    private static long size(Message message) {
        return switch (message) {
            case Message.Text said -> said.text().length();
            case Message.Binary sent -> sent.bytes().length;
            case Message.Closed _ -> 0;
        };
    }

    private void tell(Verdict verdict) {
        if (gone.get()) {
            return;
        }
        try {
            switch (verdict) {
                case Verdict.First _, Verdict.Drop _ -> {}
                case Verdict.Pass pass -> client.send(pass.message());
                case Verdict.Deny deny -> client.object(deny.why(), deny.eventId());
                case Verdict.Stop stop -> {
                    if (stop.message() != null) {
                        client.send(stop.message());
                    }
                    client.object(stop.why(), null);
                    stopped = true;
                }
            }
        } catch (ClientGoneException e) {
            client.close();
            left();
        }
    }

    /** Only when both threads have ended is it sure that neither begins a drain any more. */
    private void endDrain() {
        Future<?> set = alarm;
        if (set != null) {
            set.cancel(false);
        }
        if (draining) {
            drains.ended(wasRead ? Drains.End.READ : Drains.End.CUT);
            drains.leave();
        }
    }

    private void leave(Message.Closed farewell) {
        try {
            client.send(farewell);
            if (!silent.await(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
                client.close();
            }
        } catch (ClientGoneException | InterruptedException e) {
            client.close();
        }
    }
}
