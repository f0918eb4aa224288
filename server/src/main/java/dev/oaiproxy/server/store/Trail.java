package dev.oaiproxy.server.store;

import dev.oaiproxy.server.ledger.Actor;
import java.sql.SQLException;
import java.time.Instant;

/** Who changed what: written in the transaction of the change itself. */
final class Trail {
    private static final String INSERT =
            """
            INSERT INTO admin_events (id, at_ms, actor, source, action, subject, before_text,
                after_text)
            SELECT COALESCE(MAX(id), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM admin_events
            """;

    private static final int NAME = 64;
    private static final int SUBJECT = 128;

    /**
     * A change.
     *
     * @param action such as {@code key.create}
     * @param subject what was changed
     */
    record Event(String action, String subject, String before, String after) {}

    void add(Tx tx, Instant at, Actor actor, Event event) throws SQLException {
        tx.update(
                INSERT,
                at.toEpochMilli(),
                Text.cut(actor.name(), NAME),
                Text.cut(actor.source(), NAME),
                event.action(),
                Text.cut(event.subject(), SUBJECT),
                Text.cut(event.before(), Text.EVENT),
                Text.cut(event.after(), Text.EVENT));
    }
}
