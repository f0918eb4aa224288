package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.regex.Pattern;

/** Records calls whose cost OpenAI states later. */
public final class DeferredCalls {
    private static final Logger LOG = System.getLogger(DeferredCalls.class.getName());

    /** Ids that fit into a path and into the table's column. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private final PendingSettlements pendingSettlements;

    public DeferredCalls(PendingSettlements pendingSettlements) {
        this.pendingSettlements = pendingSettlements;
    }

    static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /**
     * Records a held call, durably.
     *
     * @param id the id of the object at OpenAI that states the cost later
     * @return false when the caller must still end the call
     */
    public boolean add(
            CallId call, PendingSettlements.SettlementKind kind, String id, SettlementTerms terms) {
        String text = terms.text();
        if (!isId(id) || text.length() > PendingSettlements.LONGEST_TERMS) {
            LOG.log(Level.WARNING, "event=call_not_deferred call={0} kind={1}", call, kind.label());
            return false;
        }
        try {
            return pendingSettlements.add(new PendingSettlements.Task(call, kind, id, text));
        } catch (StoreException e) {
            LOG.log(
                    Level.WARNING,
                    "event=call_not_deferred call={0} cause={1}",
                    call,
                    e.toString());
            return false;
        }
    }
}
