package dev.oaiproxy.cli.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the ledger with the clients' responses, OpenAI's bill, and the database of a killed
 * server.
 */
final class LedgerVerifier {
    private static final String STOPPED = "the proxy stopped before the response ended";

    /** Nano-dollars for a token of input, of cached input and of output. */
    private static final Map<String, long[]> RATES =
            Map.of(
                    "gpt-4o-mini-2024-07-18",
                    new long[] {150, 75, 600},
                    "text-embedding-3-small",
                    new long[] {20, 20, 0});

    private final DistributionFixture fixture;
    private final Map<String, JsonNode> known = new HashMap<>();
    private String newest = "";
    private int whole;
    private int estimated;

    LedgerVerifier(DistributionFixture fixture) {
        this.fixture = fixture;
    }

    /** The newest call that has been checked; empty when none has. */
    String newest() {
        return newest;
    }

    int calls() {
        return known.size();
    }

    int whole() {
        return whole;
    }

    int estimated() {
        return estimated;
    }

    /** Checks the calls since the last check. */
    void check(List<ObservedCall> seen, CrashedLedger dead) throws Exception {
        Map<String, JsonNode> rows = newRows();
        assertThat(rows.keySet()).as("the calls").isEqualTo(dead.states().keySet());
        rows.forEach((id, row) -> checkRecovered(row, dead.states().get(id)));
        Map<String, BigDecimal> bill = prices(fixture.bill());
        for (ObservedCall call : seen) {
            checkSeen(call, rows, bill);
        }
        JsonNode audit = fixture.ask("/admin/v1/audit");
        assertThat(audit.path("balanced").asBoolean()).as("%s", audit).isTrue();
        assertThat(audit.path("calls").asInt()).isEqualTo(known.size());
        assertThat(fixture.ask("/admin/v1/status").path("held_usd").asText()).isEqualTo("0.00");
    }

    /** Asserts that the ledger has every charge of OpenAI, even for lost responses. */
    void checkTotal() throws Exception {
        BigDecimal billed =
                prices(fixture.bill()).values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        String charged = fixture.ask("/admin/v1/audit").path("charged_usd").asText();
        assertThat(new BigDecimal(charged)).isGreaterThanOrEqualTo(billed);
    }

    private void checkRecovered(JsonNode row, int before) {
        String state = row.path("state").asText();
        if (before == CrashedLedger.HELD) {
            assertThat(state).as("%s", row).isEqualTo("estimated");
            assertThat(row.path("reason").asText()).isEqualTo(STOPPED);
            assertThat(row.path("cost_usd")).isEqualTo(row.path("held_usd"));
            estimated++;
        } else {
            assertThat(state).as("%s", row).isEqualTo(before == 1 ? "charged" : "released");
        }
    }

    private void checkSeen(
            ObservedCall call, Map<String, JsonNode> rows, Map<String, BigDecimal> bill) {
        if (call.call().isEmpty()) {
            return;
        }
        JsonNode row = rows.get(call.call());
        assertThat(row).as("%s", call).isNotNull();
        if (call.whole()) {
            whole++;
            assertThat(row.path("state").asText()).as("%s %s", call, row).isEqualTo("charged");
            assertThat(new BigDecimal(row.path("cost_usd").asText()))
                    .as("%s %s", call, row)
                    .isEqualByComparingTo(bill.get(call.openAi()));
        }
        if (!call.cost().isEmpty()) {
            assertThat(row.path("cost_usd").asText()).isEqualTo(call.cost());
        }
    }

    /** The rows of the ledger since the last check, each once. */
    private Map<String, JsonNode> newRows() throws Exception {
        Map<String, JsonNode> rows = new HashMap<>();
        String path = "/admin/v1/calls?limit=1000";
        String next = "";
        do {
            JsonNode page = fixture.ask(next.isEmpty() ? path : path + "&after=" + next);
            for (JsonNode row : page.path("data")) {
                String id = row.path("id").asText();
                if (id.compareTo(newest) > 0) {
                    assertThat(rows.put(id, row)).as("twice: %s", id).isNull();
                }
            }
            String last = page.path("data").path(page.path("data").size() - 1).path("id").asText();
            next = last.compareTo(newest) > 0 ? page.path("next").asText("") : "";
        } while (!next.isEmpty() && !next.equals("null"));
        known.putAll(rows);
        newest = rows.keySet().stream().max(String::compareTo).orElse(newest);
        return rows;
    }

    /** The cost of each entry of a bill, by OpenAI's id of the call. */
    private static Map<String, BigDecimal> prices(JsonNode bill) {
        Map<String, BigDecimal> prices = new HashMap<>();
        for (JsonNode entry : bill) {
            long[] rates = RATES.getOrDefault(entry.path("model").asText(), new long[3]);
            JsonNode tokens = entry.path("tokens");
            long cached = tokens.path("cached").asLong();
            long nanos =
                    (tokens.path("prompt").asLong() - cached) * rates[0]
                            + cached * rates[1]
                            + tokens.path("completion").asLong() * rates[2];
            prices.put(entry.path("request_id").asText(), BigDecimal.valueOf(nanos, 9));
        }
        return prices;
    }
}
