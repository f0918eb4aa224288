package dev.oaiproxy.ledger.ledger;

import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of the ledger, with the names of its user and key.
 *
 * @param id its number
 * @param at when the call was admitted
 * @param endedAt when it ended, or null while it is held
 * @param keyId the public id of its key
 * @param group the group of its key, or null
 * @param reason the reason for its state, or empty
 * @param status the HTTP status of OpenAI's answer, 0 when there was none
 * @param bill its cost and usage
 * @param adjusts the call that this row corrects, or null
 */
public record CallRow(
        CallId id,
        Instant at,
        @Nullable Instant endedAt,
        CallState state,
        String user,
        String keyId,
        @Nullable String group,
        String operation,
        String reason,
        int status,
        Usd held,
        CallOutcome.Bill bill,
        @Nullable CallId adjusts) {}
