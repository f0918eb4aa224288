package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.catalogue.Meter;
import dev.oaiproxy.server.price.PriceBook;
import dev.oaiproxy.server.quota.Order;

/** What is to be done with an {@link Ask}. */
sealed interface Plan {
    /** Nothing: it is answered with an error. */
    record Refuse(Refusal why) implements Plan {}

    /** Pass it on; it costs nothing. */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
    record Free(byte[] body) implements Plan {}

    /**
     * Hold, pass on, meter and charge.
     *
     * @param prices the edition that all of the call is priced by
     */
    record Metered(Meter meter, Order order, PriceBook prices) implements Plan {}
}
