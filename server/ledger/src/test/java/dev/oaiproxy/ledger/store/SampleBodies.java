package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

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
                            RecordedBodies.RecordedPart.of(said, said.length, requestCut),
                            RecordedBodies.RecordedPart.of(said, said.length, false),
                            lease);
            // They are in the database when they can be found.
            assertThat(store.bodies().find(id)).isPresent();
        }
    }
}
