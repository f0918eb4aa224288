package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.store.table.RecordedBodies;

/** Keeps the same bytes as the request and the response of a call. */
public final class SampleBodies {
    private SampleBodies() {}

    public static void keep(Store store, CallId id, byte[] said, boolean requestCut) {
        try (Lease lease = new ByteBudget(1 << 20).lease()) {
            store.bodies()
                    .keep(
                            id,
                            new RecordedBodies.RecordedPart(
                                    said.length, requestCut, out -> out.write(said)),
                            new RecordedBodies.RecordedPart(
                                    said.length, false, out -> out.write(said)),
                            lease);
        }
    }
}
