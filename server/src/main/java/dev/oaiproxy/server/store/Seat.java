package dev.oaiproxy.server.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The place of the one server that a database has. A second one would take the first one's open
 * calls for those of a dead process, and give its numbers to calls of its own.
 */
interface Seat extends AutoCloseable {
    @Override
    void close();

    /**
     * Takes it.
     *
     * @throws StoreException when another server has it
     */
    static Seat take(Database database) {
        return database.file()
                .<Seat>map(Seat::beside)
                .orElseGet(() -> Keeper.start(database, database.dialect().seat().orElseThrow()));
    }

    private static StoreException taken(String what) {
        return new StoreException(
                "another oaiproxy server uses "
                        + what
                        + "; stop it, or give this one a database and an OAIPROXY_HOME of its own",
                new IllegalStateException("locked"),
                true);
    }

    private static Seat beside(Path database) {
        Path path = database.resolveSibling(database.getFileName() + ".lock");
        try {
            OwnerOnly.create(database);
            FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isFree(channel)) {
                channel.close();
                throw taken(database.toString());
            }
            return () -> release(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write beside the database " + database, e);
        }
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    private static void release(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            Keeper.LOG.log(Level.WARNING, "database lock not released cause={0}", e.toString());
        }
    }

    /**
     * Keeps a lock of a server by a connection that does nothing else, and takes it again when the
     * connection was lost.
     */
    final class Keeper implements Seat {
        private static final Logger LOG = System.getLogger(Seat.class.getName());
        private static final Duration SILENCE = Duration.ofSeconds(5);
        private static final int TRIES = 25;
        private static final int PAUSE_MILLIS = 200;
        private static final int LOOK_MILLIS = 5_000;

        private final Database database;
        private final String query;
        private final Thread thread;
        private Tx tx;
        private volatile boolean closing;

        private Keeper(Database database, String query) throws SQLException {
            this.database = database;
            this.query = query;
            this.tx = connect();
            this.thread = Thread.ofPlatform().daemon().name("ledger-seat").unstarted(this::keep);
        }

        /** The server of a process that has just been killed may still think that it is there. */
        static Keeper start(Database database, String query) {
            try {
                Keeper keeper = new Keeper(database, query);
                for (int i = 0; !keeper.sits(); i++) {
                    if (i == TRIES) {
                        keeper.tx.close();
                        throw taken(database.toString());
                    }
                    pause(PAUSE_MILLIS);
                }
                keeper.thread.start();
                return keeper;
            } catch (SQLException e) {
                throw new StoreException(Obstacle.of(e, database).text(), e, true);
            }
        }

        @Override
        public void close() {
            closing = true;
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean sits() throws SQLException {
            return tx.number(query) == 1;
        }

        private Tx connect() throws SQLException {
            return Tx.alone(database, SILENCE);
        }

        private void keep() {
            while (!closing) {
                pause(LOOK_MILLIS);
                if (!closing) {
                    look();
                }
            }
            drop();
        }

        private void look() {
            try {
                tx.number("SELECT 1");
            } catch (SQLException lost) {
                takeAgain();
            }
        }

        private void takeAgain() {
            drop();
            try {
                tx = connect();
                if (!sits()) {
                    LOG.log(Level.ERROR, "alarm=second_server: another one uses {0}", database);
                    drop();
                }
            } catch (SQLException e) {
                LOG.log(Level.DEBUG, "seat not taken again cause={0}", e.toString());
            }
        }

        private void drop() {
            try {
                tx.close();
            } catch (SQLException e) {
                LOG.log(Level.DEBUG, "closing a failed connection", e);
            }
        }

        private static void pause(int millis) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
