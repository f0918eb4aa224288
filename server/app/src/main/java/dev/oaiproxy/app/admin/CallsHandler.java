package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.Adjustment;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.api.AdminApi.ChargeLine;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.ledger.key.Redaction;
import dev.oaiproxy.ledger.ledger.CallFilter;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.store.report.Calls;
import dev.oaiproxy.ledger.store.table.RecordedBodies;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.PricedLine;
import dev.oaiproxy.metering.price.PricedLines;
import dev.oaiproxy.metering.price.book.Rate;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows calls, explains their charges, and corrects them. */
final class CallsHandler {
    private final Calls calls;
    private final RecordedBodies recordedBodies;
    private final CallIds ids;
    private final InstantSource clock;

    CallsHandler(Calls calls, RecordedBodies recordedBodies, CallIds ids, InstantSource clock) {
        this.calls = calls;
        this.recordedBodies = recordedBodies;
        this.ids = ids;
        this.clock = clock;
    }

    void list(AdminRequest request) {
        request.allowParameters(
                "user", "group", "key", "model", "state", "over_hold", "limit", "after");
        int limit = request.limit();
        CallFilter filter =
                new CallFilter(
                        request.parameter("user").map(KeysHandler::userName).orElse(null),
                        request.parameter("key").orElse(null),
                        request.parameter("group").map(KeysHandler::userName).orElse(null),
                        request.parameter("model").orElse(null),
                        request.parameter("state").map(CallState::labelled).orElse(null),
                        request.flag("over_hold"),
                        request.parameter("after").map(CallId::parse).orElse(null),
                        limit + 1);
        List<CallRow> rows = calls.list(filter);
        List<CallRow> page = rows.subList(0, Math.min(limit, rows.size()));
        String next = rows.size() > limit ? page.getLast().id().toString() : null;
        request.send(new Page<>(page.stream().map(CallsHandler::view).toList(), next));
    }

    void show(AdminRequest request) {
        CallId id = id(request);
        CallRow row = calls.find(id).orElseThrow(() -> noSuchCall(id.toString()));
        request.send(detail(row, recordedBodies.find(id).orElse(null)));
    }

    void adjust(AdminRequest request) {
        Adjustment order = request.body(Adjustment.class);
        if (order.usd() == null || order.why() == null || order.why().isBlank()) {
            throw ProblemException.badRequest("a correction needs usd and why");
        }
        Calls.Correction correction =
                new Calls.Correction(
                        ids.next(),
                        id(request),
                        Usd.parse(order.usd()),
                        Redaction.keys(order.why()),
                        clock.instant());
        CallRow row =
                calls.correct(correction, request.actor())
                        .orElseThrow(() -> noSuchCall(correction.of().toString()));
        request.send(201, view(row));
    }

    private static CallDetail detail(CallRow row, RecordedBodies.@Nullable Pair pair) {
        return new CallDetail(
                view(row),
                row.bill().tier(),
                row.status(),
                row.endedAt() == null ? null : row.endedAt().toString(),
                row.adjusts() == null ? null : row.adjusts().toString(),
                PricedLines.parse(row.bill().lines()).stream().map(CallsHandler::view).toList(),
                pair == null ? null : new String(pair.request(), StandardCharsets.UTF_8),
                pair != null && pair.requestCut(),
                pair == null ? null : new String(pair.response(), StandardCharsets.UTF_8),
                pair != null && pair.responseCut());
    }

    private static Call view(CallRow row) {
        return new Call(
                row.id().toString(),
                row.at().toString(),
                row.user(),
                row.keyId(),
                row.operation(),
                row.bill().model(),
                row.state().label(),
                row.reason().isEmpty() ? null : row.reason(),
                row.bill().inputTokens(),
                row.bill().outputTokens(),
                row.held().toString(),
                row.bill().cost().toString(),
                row.bill().priceVersion(),
                row.group());
    }

    private static ChargeLine view(PricedLine line) {
        long per = Rate.per(line.unit());
        return new ChargeLine(
                line.unit().label(), line.quantity(), line.rate().usd(per), per, line.costUsd());
    }

    private static CallId id(AdminRequest request) {
        try {
            return CallId.parse(request.segment("id"));
        } catch (IllegalArgumentException e) {
            throw noSuchCall("with this id");
        }
    }

    private static ProblemException noSuchCall(String id) {
        return ProblemException.notFound("no call " + id + "; 'oaiproxy calls' shows the ids");
    }
}
