package dev.oaiproxy.ledger.store.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import java.util.Optional;

/** A call outcome as one line of JSON: an array, in the order of the record's components. */
final class SpoolLine {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MEMBERS = 13;

    /** The length of a line from before the first release, without the price version. */
    private static final int MEMBERS_ONCE = 12;

    private SpoolLine() {}

    static String text(CallOutcome outcome) {
        CallOutcome.Bill bill = outcome.bill();
        ArrayNode line = JSON.createArrayNode();
        line.add(outcome.id().value()).add(outcome.state().name()).add(outcome.reason());
        line.add(outcome.status()).add(outcome.at().toEpochMilli()).add(bill.cost().nanos());
        line.add(bill.model()).add(bill.tier()).add(bill.lines());
        line.add(bill.inputTokens()).add(bill.cachedTokens()).add(bill.outputTokens());
        line.add(bill.priceVersion());
        return line.toString();
    }

    /** Reads a line; empty for one that a crash tore, whose call then ends as an orphan. */
    static Optional<CallOutcome> parse(String line) {
        try {
            JsonNode array = JSON.readTree(line);
            return array.size() == MEMBERS || array.size() == MEMBERS_ONCE
                    ? Optional.of(ending(array))
                    : Optional.empty();
        } catch (JsonProcessingException | IllegalArgumentException torn) {
            return Optional.empty();
        }
    }

    private static CallOutcome ending(JsonNode line) {
        CallOutcome.Bill bill =
                new CallOutcome.Bill(
                        Usd.ofNanos(line.get(5).asLong()),
                        line.get(6).asText(),
                        line.get(7).asText(),
                        line.get(8).asText(),
                        line.get(9).asLong(),
                        line.get(10).asLong(),
                        line.get(11).asLong(),
                        line.path(MEMBERS_ONCE).asText());
        return new CallOutcome(
                new CallId(line.get(0).asLong()),
                CallState.valueOf(line.get(1).asText()),
                line.get(2).isNull() ? null : line.get(2).asText(),
                line.get(3).asInt(),
                Instant.ofEpochMilli(line.get(4).asLong()),
                bill);
    }
}
