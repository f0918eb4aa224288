package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.Usage;
import dev.oaiproxy.api.AdminApi.UsageRow;
import dev.oaiproxy.ledger.ledger.UsageGroup;
import dev.oaiproxy.ledger.ledger.UsageQuery;
import dev.oaiproxy.ledger.ledger.UsageQuery.By;
import dev.oaiproxy.ledger.store.report.UsageReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reports usage. */
final class UsageHandler {
    private static final Duration DEFAULT_SPAN = Duration.ofDays(30);

    private final UsageReport report;
    private final InstantSource clock;

    UsageHandler(UsageReport report, InstantSource clock) {
        this.report = report;
        this.clock = clock;
    }

    void show(AdminRequest request) {
        request.allowParameters("since", "until", "by", "user", "group", "key", "model", "holds");
        UsageQuery query = query(request);
        List<UsageGroup> groups = report.groups(query);
        request.send(
                new Usage(
                        query.since().toString(),
                        query.until().toString(),
                        query.by().stream().map(By::label).toList(),
                        groups.stream().map(group -> row(query, group)).toList(),
                        total(query, groups),
                        null));
    }

    private UsageQuery query(AdminRequest request) {
        Instant now = clock.instant();
        return new UsageQuery(
                request.parameter("since").map(UsageHandler::time).orElse(now.minus(DEFAULT_SPAN)),
                request.parameter("until").map(UsageHandler::time).orElse(now.plusMillis(1)),
                by(request.parameter("by").orElse("user")),
                request.parameter("user").map(KeysHandler::userName).orElse(null),
                request.parameter("key").orElse(null),
                request.parameter("model").orElse(null),
                request.parameter("group").map(KeysHandler::userName).orElse(null),
                request.flag("holds"));
    }

    private static List<By> by(String names) {
        List<By> by =
                Arrays.stream(names.split(",")).map(UsageHandler::labelled).distinct().toList();
        if (by.contains(By.DAY) && by.contains(By.HOUR)) {
            throw ProblemException.badRequest("group by day or by hour, not both");
        }
        return by;
    }

    private static By labelled(String name) {
        try {
            return By.valueOf(name.strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw ProblemException.badRequest(
                    "by must be group, user, key, model, operation, day or hour, not '"
                            + name
                            + "'");
        }
    }

    static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw ProblemException.badRequest("a time must be like 2026-11-01T00:00:00Z");
        }
    }

    private static UsageRow total(UsageQuery query, List<UsageGroup> groups) {
        return row(Map.of(), query, groups.stream().reduce(UsageGroup.NONE, UsageGroup::plus));
    }

    private static UsageRow row(UsageQuery query, UsageGroup group) {
        Map<String, String> names = new LinkedHashMap<>();
        for (By by : query.by()) {
            names.put(by.label(), group.group().get(names.size()));
        }
        return row(names, query, group);
    }

    private static UsageRow row(Map<String, String> names, UsageQuery query, UsageGroup group) {
        return new UsageRow(
                names,
                group.calls(),
                group.inputTokens(),
                group.cachedTokens(),
                group.outputTokens(),
                group.cost().toString(),
                query.holds() ? group.held().toString() : null);
    }
}
