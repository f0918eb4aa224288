package dev.oaiproxy.ledger.ledger;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import java.util.Optional;

/** The ledger of calls. Each method that writes returns when the change is durable. */
public interface Ledger {
    /** Puts a hold on all accounts of a call, or on none. The hold may take all that is free. */
    default Admission admit(HoldRequest order) {
        return admit(order, order.amount());
    }

    /**
     * Puts a hold on all accounts of a call that leaves something to other calls.
     *
     * @param room the amount that must be free; the hold takes a part of it
     */
    Admission admit(HoldRequest order, Usd room);

    /**
     * The reason against even the smallest hold of a key; empty when it would be admitted. Only
     * reads.
     */
    Optional<Admission.Denied> objection(Key key, Instant at);

    /**
     * Makes the hold of a call larger or smaller, on all its accounts or on none. A larger hold
     * must fit the quotas like a new call; the rates have counted the call already. A smaller hold
     * is always allowed.
     *
     * @param amount the new hold
     */
    Admission resize(CallId id, Usd amount, Instant at);

    /**
     * Ends a held call: gives its hold back and charges its accounts and roll-ups, in one
     * transaction. A call that has already ended is left as it is.
     *
     * @return false when the ending could be kept only in memory, so that a crash would turn it
     *     into an estimate; the answer's last byte must then be withheld
     */
    boolean end(CallOutcome outcome);

    /**
     * Ends a held call like {@link #end(CallOutcome)}.
     *
     * @param key the key of the call, which spares the ledger looking for it
     */
    default boolean end(CallOutcome outcome, Key key) {
        return end(outcome);
    }
}
