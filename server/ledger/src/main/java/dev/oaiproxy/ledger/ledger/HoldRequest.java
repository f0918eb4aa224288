package dev.oaiproxy.ledger.ledger;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;

/**
 * What is written down before OpenAI is called.
 *
 * @param amount the most that the call can cost
 * @param tokens how many tokens the call is taken to have, for the limit on tokens a minute
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
