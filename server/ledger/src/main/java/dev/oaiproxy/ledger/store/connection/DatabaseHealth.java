package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.base.alarm.LastingAlarm;
import dev.oaiproxy.base.schedule.PeriodicTask;
import dev.oaiproxy.ledger.store.sql.ConnectError;
import dev.oaiproxy.ledger.store.sql.ConnectionProblem;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import java.lang.System.Logger;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches the database of a store: a file that was replaced, damaged pages, commits that fail. Each
 * is an alarm while it lasts.
 */
public final class DatabaseHealth implements AutoCloseable {
    private static final Logger LOG = System.getLogger(DatabaseHealth.class.getName());
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final int PROBE_EVERY = 15;

    private final Database database;
    private final LastingAlarm file = new LastingAlarm(LOG, "database_file");
    private final LastingAlarm failing = new LastingAlarm(LOG, "database_failing");
    private volatile @Nullable DatabaseFile opened;
    private volatile @Nullable String damage;
    private volatile @Nullable String beside;
    private volatile @Nullable String failure;
    private @Nullable PeriodicTask periodicTask;
    private int looks;

    public DatabaseHealth(Database database) {
        this.database = database;
    }

    /**
     * Starts the watch, once the database has been opened and written to.
     *
     * @param probe tries a commit
     */
    public void start(BooleanSupplier probe) {
        opened = database.file().map(DatabaseFile::opened).orElse(null);
        periodicTask = PeriodicTask.start("database-watch", EVERY, () -> look(probe));
    }

    /**
     * Requires that the file is the one that was opened, and whole.
     *
     * @throws StoreException otherwise; then nothing must be written to it
     */
    public void requireWhole() {
        DatabaseFile.refuse(fileTrouble());
    }

    /** Notes a commit. */
    public void committed() {
        failure = null;
    }

    /** Notes a failed commit whose cause affects others, too. */
    public void failed(SQLException e) {
        unread(e);
        failure = ConnectionProblem.text(e, database);
    }

    /** Notes a failed read; damaged pages stay damaged. */
    void unread(SQLException e) {
        if (!database.isShared() && database.dialect().complaint(e) == ConnectError.DAMAGED) {
            damage = ConnectionProblem.text(e, database);
        }
    }

    /** The present trouble and what to do, or empty. */
    public Optional<String> trouble() {
        return fileTrouble().or(() -> Optional.ofNullable(failure));
    }

    Optional<String> fileTrouble() {
        DatabaseFile seen = opened;
        return Optional.ofNullable(damage)
                .or(() -> seen == null ? Optional.empty() : seen.trouble())
                .or(() -> Optional.ofNullable(beside));
    }

    /**
     * Checks once. While commits fail it tries one, since nobody else may; now and then it also
     * tries when none has failed.
     */
    void look(BooleanSupplier probe) {
        DatabaseFile seen = opened;
        beside = seen == null ? null : seen.troubleBeside().orElse(null);
        fileTrouble().ifPresentOrElse(file::raise, file::clear);
        boolean due = looks++ % PROBE_EVERY == 0;
        if ((failure != null || due) && !probe.getAsBoolean()) {
            Optional.ofNullable(failure).ifPresent(failing::raise);
        } else {
            failing.clear();
        }
    }

    @Override
    public void close() {
        PeriodicTask.stop(periodicTask);
    }
}
