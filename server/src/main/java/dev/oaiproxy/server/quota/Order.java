package dev.oaiproxy.server.quota;

import dev.oaiproxy.server.catalogue.RequestFacts;
import dev.oaiproxy.server.key.Key;
import dev.oaiproxy.server.price.ModelPrice;

/**
 * A call that asks to be admitted.
 *
 * @param operation the operation as the ledger names it
 * @param price the price of the model at the moment of the call
 * @param priceVersion the version of the price book that it is from
 * @param body the request, for an exact count of its tokens should the cheap bound not fit
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
public record Order(
        Key key,
        String operation,
        RequestFacts facts,
        ModelPrice price,
        String priceVersion,
        byte[] body) {}
