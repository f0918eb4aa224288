package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.upstream.Message;
import org.jspecify.annotations.Nullable;

/**
 * A conversation whose client has asked in its handshake for the cost: it stands in the usage of
 * each event that tells of something charged.
 *
 * @param lease what the events are taken from while they are copied
 */
record CostsTold(Dialogue dialogue, Lease lease) implements Dialogue {
    /** Of an event, in characters of two bytes. */
    private static final long BYTES_PER_CHARACTER = 4;

    @Override
    public Verdict told(Message message) {
        return switch (dialogue.told(message)) {
            case Verdict.Pass pass -> new Verdict.Pass(shown(pass.message(), pass.cost()));
            case Verdict.Stop stop when stop.message() != null ->
                    new Verdict.Stop(stop.why(), shown(stop.message(), stop.cost()));
            case Verdict other -> other;
        };
    }

    /** Where there is no room for a copy, the event is told as it is. */
    private Message shown(Message message, @Nullable Usd cost) {
        if (cost == null || !(message instanceof Message.Text said)) {
            return message;
        }
        try (Lease copy = lease.another()) {
            return copy.take(Use.RESPONSE, BYTES_PER_CHARACTER * said.text().length())
                    ? new Message.Text(UsageScanner.withCost(said.text(), cost.toString()))
                    : message;
        }
    }

    @Override
    public Verdict heard(Message message) {
        return dialogue.heard(message);
    }

    @Override
    public void left() {
        dialogue.left();
    }

    @Override
    public boolean isOwing() {
        return dialogue.isOwing();
    }

    @Override
    public void end() {
        dialogue.end();
    }
}
