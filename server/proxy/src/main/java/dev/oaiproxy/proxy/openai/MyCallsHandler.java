package dev.oaiproxy.proxy.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.CallFilter;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.store.report.Calls;
import dev.oaiproxy.metering.price.PricedLine;
import dev.oaiproxy.metering.price.PricedLines;
import dev.oaiproxy.metering.price.book.Rate;
import io.helidon.common.uri.UriQuery;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /me/calls} and {@code GET /me/calls/ID}: the calls of a key's user and their
 * costs, made with any of the user's keys.
 */
record MyCallsHandler(Calls calls) {
    private static final Set<String> PARAMETERS = Set.of("limit", "after");
    private static final int PAGE = 50;
    private static final int LONGEST_PAGE = 1_000;

    sealed interface MyCallsResult {
        record Json(ObjectNode json) implements MyCallsResult {}

        record Failed(OpenAiError why) implements MyCallsResult {}
    }

    /** A page of calls, the newest first, with the {@code after} of the next page. */
    MyCallsResult list(Key key, UriQuery query) {
        Optional<String> unknown =
                query.names().stream().filter(name -> !PARAMETERS.contains(name)).findFirst();
        if (unknown.isPresent()) {
            return refused(unknown.get(), "Unknown parameter. Use limit or after.");
        }
        String limit = query.first("limit").orElse(Integer.toString(PAGE));
        int most = limit.matches("[0-9]{1,4}") ? Integer.parseInt(limit) : 0;
        if (most < 1 || most > LONGEST_PAGE) {
            return refused("limit", "The limit must be 1 to " + LONGEST_PAGE + ".");
        }
        String after = query.first("after").orElse(null);
        CallId before = after == null ? null : id(after);
        if (after != null && before == null) {
            return refused("after", "This is not the id of a call.");
        }
        return new MyCallsResult.Json(page(key, before, most));
    }

    private ObjectNode page(Key key, @Nullable CallId before, int most) {
        CallFilter filter = new CallFilter(key.user(), null, null, null, false, before, most + 1);
        List<CallRow> rows = calls.list(filter);
        List<CallRow> shown = rows.subList(0, Math.min(most, rows.size()));
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        ArrayNode data = page.putArray("data");
        shown.forEach(row -> view(data.addObject(), row));
        return page.put("next", rows.size() > most ? shown.getLast().id().toString() : null);
    }

    /** One call with the lines of its cost. A call of another user is not found. */
    MyCallsResult show(Key key, String text) {
        CallId id = id(text);
        Optional<CallRow> row =
                id == null
                        ? Optional.empty()
                        : calls.find(id).filter(call -> call.user().equals(key.user()));
        return row.<MyCallsResult>map(call -> new MyCallsResult.Json(detail(call)))
                .orElseGet(
                        () ->
                                new MyCallsResult.Failed(
                                        OpenAiError.invalid(
                                                404,
                                                "call_not_found",
                                                "You have no call with this id. GET /me/calls"
                                                        + " lists your calls.")));
    }

    private static @Nullable CallId id(String text) {
        try {
            return CallId.parse(text);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static MyCallsResult refused(String parameter, String why) {
        return new MyCallsResult.Failed(
                OpenAiError.invalid(400, "invalid_parameter", why).about(parameter));
    }

    private static ObjectNode detail(CallRow row) {
        ObjectNode call = view(JsonNodeFactory.instance.objectNode(), row);
        call.put("tier", row.bill().tier()).put("price_version", row.bill().priceVersion());
        ArrayNode lines = call.putArray("lines");
        for (PricedLine line : PricedLines.parse(row.bill().lines())) {
            long per = Rate.per(line.unit());
            lines.addObject()
                    .put("unit", line.unit().label())
                    .put("quantity", line.quantity())
                    .put("rate_usd", line.rate().usd(per))
                    .put("per", per)
                    .put("cost_usd", line.costUsd());
        }
        return call;
    }

    private static ObjectNode view(ObjectNode node, CallRow row) {
        return node.put("id", row.id().toString())
                .put("at", row.at().toString())
                .put("ended_at", row.endedAt() == null ? null : row.endedAt().toString())
                .put("key", row.keyId())
                .put("operation", row.operation())
                .put("model", row.bill().model())
                .put("state", row.state().label())
                .put("reason", row.reason().isEmpty() ? null : row.reason())
                .put("status", row.status() == 0 ? null : row.status())
                .put("input_tokens", row.bill().inputTokens())
                .put("cached_tokens", row.bill().cachedTokens())
                .put("output_tokens", row.bill().outputTokens())
                .put("held_usd", row.held().toString())
                .put("cost_usd", row.bill().cost().toString())
                .put("adjusts", row.adjusts() == null ? null : row.adjusts().toString());
    }
}
