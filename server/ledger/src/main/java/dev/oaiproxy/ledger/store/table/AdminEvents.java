package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.ColumnLimits;
import dev.oaiproxy.ledger.store.sql.DbQueries;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.Writer;
import io.helidon.dbclient.DbRow;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The audit trail: each event is written in the transaction of its change, and never changed. */
public record AdminEvents(Writer writer, ReaderThreads readerThreads) {
    private static final String INSERT =
            """
            INSERT INTO admin_events (id, at_ms, actor, source, action, subject, before_text,
                after_text)
            SELECT COALESCE(MAX(id), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM admin_events
            """;

    private static final String SELECT =
            """
            SELECT id, at_ms, actor, source, action, subject, before_text, after_text
            FROM admin_events
            WHERE id < ? AND at_ms >= ? AND at_ms < ?
                AND (? = '' OR actor = ?)
                AND (? = '' OR action = ? OR action LIKE ?)
                AND (? = '' OR subject = ?)
            ORDER BY id DESC LIMIT ?
            """;

    private static final int NAME = 64;
    private static final int SUBJECT = 128;

    /**
     * A change of the installation.
     *
     * @param action such as {@code key.create}
     * @param subject the changed object
     */
    public record Event(String action, String subject, String before, String after) {}

    /**
     * Which events to list.
     *
     * @param actor the operator; empty for all
     * @param action such as {@code key.create}, or {@code key} for all of these; empty for all
     * @param subject such as {@code user:bob}; empty for all
     * @param until the end, not included
     */
    public record EventFilter(
            String actor, String action, String subject, Instant since, Instant until) {
        /** Every event. */
        public static final EventFilter ALL =
                new EventFilter("", "", "", Instant.EPOCH, Instant.ofEpochMilli(Long.MAX_VALUE));
    }

    /** An event on the trail. */
    public record Entry(long id, Instant at, Actor actor, Event event) {}

    /** Records a change outside of the database. */
    public void add(Instant at, Actor actor, Event event) {
        writer.write(
                tx -> {
                    add(tx, at, actor, event);
                    return true;
                });
    }

    /** The entries older than one, the newest first; from the newest when none is named. */
    public List<Entry> list(@Nullable Long before, int limit) {
        return list(EventFilter.ALL, before, limit);
    }

    /** The same, of the events that pass a filter. */
    public List<Entry> list(EventFilter filter, @Nullable Long before, int limit) {
        return readerThreads.query(
                SELECT,
                AdminEvents::read,
                before == null ? Long.MAX_VALUE : before,
                filter.since().toEpochMilli(),
                filter.until().toEpochMilli(),
                filter.actor(),
                filter.actor(),
                filter.action(),
                filter.action(),
                filter.action() + ".%",
                filter.subject(),
                filter.subject(),
                limit);
    }

    public static void add(Tx tx, Instant at, Actor actor, Event event) throws SQLException {
        tx.update(
                INSERT,
                at.toEpochMilli(),
                ColumnLimits.cut(actor.name(), NAME),
                ColumnLimits.cut(actor.source(), NAME),
                event.action(),
                ColumnLimits.cut(event.subject(), SUBJECT),
                ColumnLimits.cut(event.before(), ColumnLimits.EVENT),
                ColumnLimits.cut(event.after(), ColumnLimits.EVENT));
    }

    private static Entry read(DbRow row) {
        return new Entry(
                DbQueries.number(row, "id"),
                Instant.ofEpochMilli(DbQueries.number(row, "at_ms")),
                new Actor(row.column("actor").getString(), row.column("source").getString()),
                new Event(
                        row.column("action").getString(),
                        row.column("subject").getString(),
                        row.column("before_text").getString(),
                        row.column("after_text").getString()));
    }
}
