package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.ledger.store.table.AdminEvents;
import dev.oaiproxy.ledger.store.table.AdminEvents.EventFilter;
import java.util.List;

/** Lists the admin events. */
final class AdminEventsHandler {
    private final AdminEvents adminEvents;

    AdminEventsHandler(AdminEvents adminEvents) {
        this.adminEvents = adminEvents;
    }

    void list(AdminRequest request) {
        request.allowParameters("limit", "after", "actor", "action", "subject", "since", "until");
        int limit = request.limit();
        Long before = request.parameter("after").map(AdminEventsHandler::number).orElse(null);
        List<AdminEvents.Entry> entries = adminEvents.list(filter(request), before, limit + 1);
        List<AdminEvents.Entry> page = entries.subList(0, Math.min(limit, entries.size()));
        String next = entries.size() > limit ? Long.toString(page.getLast().id()) : null;
        request.send(new Page<>(page.stream().map(AdminEventsHandler::view).toList(), next));
    }

    private static EventFilter filter(AdminRequest request) {
        return new EventFilter(
                request.parameter("actor").orElse(""),
                request.parameter("action").orElse(""),
                request.parameter("subject").orElse(""),
                request.parameter("since").map(UsageHandler::time).orElse(EventFilter.ALL.since()),
                request.parameter("until").map(UsageHandler::time).orElse(EventFilter.ALL.until()));
    }

    private static AdminApi.AdminEvent view(AdminEvents.Entry entry) {
        return new AdminApi.AdminEvent(
                entry.at().toString(),
                entry.actor().name(),
                entry.actor().source(),
                entry.event().action(),
                entry.event().subject(),
                entry.event().before(),
                entry.event().after());
    }

    private static Long number(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw ProblemException.badRequest(
                    "after must be the value of next on the previous page");
        }
        return Long.valueOf(text);
    }
}
