package dev.oaiproxy.ledger.ledger;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import java.util.Optional;

/**
 * Where calls are written down, before and after. Every method that writes returns when it is
 * durable.
 */
public interface Ledger {
    /** Puts a hold on all accounts of a call, or on none. It may take all that is free. */
    default Admission admit(HoldRequest order) {
        return admit(order, order.amount());
    }

    /**
     * The same for a hold that is to leave something to other calls.
     *
     * @param room how much must be free, of which the hold takes its amount
     */
    Admission admit(HoldRequest order, Usd room);

    /**
     * Tells why not even the smallest hold of a key would be admitted now; empty when it would be.
     * It only reads.
     */
    Optional<Admission.Denied> objection(Key key, Instant at);

    /**
     * Makes the hold of a call larger or smaller, on all its accounts or on none. What it is larger
     * by is allowed as a call of that amount would be, but for the rates, which have counted the
     * call already. A smaller hold is always allowed.
     *
     * @param amount all that is to be held for the call from now on
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
}
