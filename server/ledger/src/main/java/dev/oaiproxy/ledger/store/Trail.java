package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.ledger.Actor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who changed what: written in the transaction of the change itself, and never changed again. */
public final class Trail {
    private static final String INSERT =
            """
            INSERT INTO admin_events (id, at_ms, actor, source, action, subject, before_text,
                after_text)
            SELECT COALESCE(MAX(id), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM admin_events
            """;

    private static final String SELECT =
            """
            SELECT id, at_ms, actor, source, action, subject, before_text, after_text
            FROM admin_events WHERE id < ? ORDER BY id DESC LIMIT ?
            """;

    private static final int NAME = 64;
    private static final int SUBJECT = 128;

    private final Writer writer;
    private final Readers readers;

    Trail(Writer writer, Readers readers) {
        this.writer = writer;
        this.readers = readers;
    }

    /**
     * A change.
     *
     * @param action such as {@code key.create}
     * @param subject what was changed
     */
    public record Event(String action, String subject, String before, String after) {}

    /** A change as it is on the trail. */
    public record Entry(long id, Instant at, Actor actor, Event event) {}

    /** Writes down a change that is not one of the database. */
    public void add(Instant at, Actor actor, Event event) {
        writer.write(
                tx -> {
                    add(tx, at, actor, event);
                    return true;
                });
    }

    /** The entries older than one, the newest first; from the newest when none is named. */
    public List<Entry> list(@Nullable Long before, int limit) {
        long bound = before == null ? Long.MAX_VALUE : before;
        return readers.read(tx -> tx.list(SELECT, Trail::read, bound, limit));
    }

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

    private static Entry read(ResultSet row) throws SQLException {
        return new Entry(
                row.getLong("id"),
                Instant.ofEpochMilli(row.getLong("at_ms")),
                new Actor(row.getString("actor"), row.getString("source")),
                new Event(
                        row.getString("action"),
                        row.getString("subject"),
                        row.getString("before_text"),
                        row.getString("after_text")));
    }
}
