package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.CallId;
import java.util.List;

/** A call that a ledger and the one on paper both have. */
record TwinCall(CallId id, Holder holder, PaperLedger.Call call) {
    /** A key of the ledger, and its accounts on paper. */
    record Holder(Key key, List<PaperLedger.PaperAccount> accounts) {}

    String user() {
        return holder.key().user();
    }

    String keyId() {
        return holder.key().id().text();
    }
}
