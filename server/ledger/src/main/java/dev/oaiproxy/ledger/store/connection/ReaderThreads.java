package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.base.alarm.FatalErrors;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.ledger.store.sql.ConnectError;
import dev.oaiproxy.ledger.store.sql.ConnectionSource;
import dev.oaiproxy.ledger.store.sql.Dialect;
import dev.oaiproxy.ledger.store.sql.ErrorScope;
import dev.oaiproxy.ledger.store.sql.SqlCallback;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import io.helidon.dbclient.DbRow;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The few platform threads that read committed rows. */
public final class ReaderThreads implements AutoCloseable {
    private static final int MOST_WAITING = 10_000;

    private final ConnectionSource source;
    private final Dialect dialect;
    private final ExecutorService threads;
    private final DatabaseSilence databaseSilence;

    public ReaderThreads(
            ConnectionSource source, Dialect dialect, int count, DatabaseSilence databaseSilence) {
        this.source = source;
        this.dialect = dialect;
        this.databaseSilence = databaseSilence;
        this.threads =
                new ThreadPoolExecutor(
                        count,
                        count,
                        0,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(MOST_WAITING),
                        Thread.ofPlatform().name("ledger-reader-", 0).daemon().factory());
    }

    /**
     * Reads something small: a key, a balance, a page of a list.
     *
     * @throws StoreException when the database cannot be read in time
     */
    public <T> T read(SqlCallback<T> query) {
        CompletableFuture<T> result = submit(query);
        return Deadline.spend(
                databaseSilence.mostMillis(),
                most -> await(result, () -> databaseSilence.await(result, most)));
    }

    /** Reads the rows of a small query. */
    public <T> List<T> list(String sql, Tx.RowReader<T> mapping, Object... arguments) {
        return read(tx -> tx.list(sql, mapping, arguments));
    }

    /** Reads the rows of a small query by Helidon's DbClient, with the same limits. */
    public <T> List<T> query(String sql, Function<DbRow, T> mapping, Object... arguments) {
        return read(tx -> tx.query(sql, mapping, arguments));
    }

    /** Reads with a time limit. */
    public <T> T read(SqlCallback<T> query, long millis) {
        CompletableFuture<T> result = submit(query);
        return Deadline.spend(
                millis, most -> await(result, () -> result.get(most, TimeUnit.MILLISECONDS)));
    }

    private interface Answer<T> {
        T get() throws InterruptedException, ExecutionException, TimeoutException;
    }

    private static <T> T await(Future<T> result, Answer<T> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : unread(e);
        } catch (TimeoutException e) {
            // Nobody waits for it any more, so it need not start.
            result.cancel(false);
            throw unread(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unread(e);
        }
    }

    private <T> CompletableFuture<T> submit(SqlCallback<T> query) {
        try {
            return CompletableFuture.supplyAsync(() -> run(query), threads);
        } catch (RejectedExecutionException e) {
            throw unread(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private <T> T run(SqlCallback<T> query) {
        try {
            T result = attempt(query);
            databaseSilence.heard();
            return result;
        } catch (SQLException e) {
            throw failed(e);
        } catch (Error e) {
            // The error goes to the caller instead of ending this thread.
            FatalErrors.report(e);
            throw e;
        }
    }

    /** Retries once on another connection when the first has died since its last use. */
    private <T> T attempt(SqlCallback<T> query) throws SQLException {
        Tx first = source.open();
        try (first) {
            return query.run(first);
        } catch (SQLException e) {
            if (dialect.errorScope(e) == ErrorScope.STATEMENT) {
                throw e;
            }
            source.doubt(e);
        }
        try (Tx second = source.open()) {
            return query.run(second);
        }
    }

    private StoreException failed(SQLException cause) {
        return dialect.complaint(cause) == ConnectError.DAMAGED
                ? StoreException.told(
                        "the database is damaged ("
                                + cause.getMessage()
                                + "); stop the server, and restore a backup",
                        cause)
                : unread(cause);
    }

    private static StoreException unread(Exception cause) {
        return StoreException.undone("the database cannot be read", cause);
    }
}
