package dev.oaiproxy.ledger.ledger;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;

/**
 * A request for a hold, made before OpenAI is called.
 *
 * @param amount the ceiling of the call
 * @param tokens the tokens of the call, as estimated for the limit per minute
 * @param at the moment of admission
 */
public record HoldRequest(
        CallId id,
        Key key,
        String operation,
        String model,
        Usd amount,
        long tokens,
        Instant at,
        String priceVersion) {}
