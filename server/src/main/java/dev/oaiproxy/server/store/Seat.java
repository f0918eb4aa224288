package dev.oaiproxy.server.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The place of the one server that a file may have: a database in a file, or a spool. The system
 * takes the lock away from a process that ends, however it ends.
 */
final class Seat implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Seat.class.getName());

    private final Closeable lock;

    private Seat(Closeable lock) {
        this.lock = lock;
    }

    /** That of a database, of which a server's has none. */
    static Seat of(Database database) {
        return database.file().map(Seat::beside).orElseGet(() -> new Seat(() -> {}));
    }

    /**
     * Takes it, by a lock on a file beside it.
     *
     * @throws StoreException when another server has it
     */
    static Seat beside(Path file) {
        Path path = lock(file);
        try {
            OwnerOnly.create(file);
            FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isFree(channel)) {
                channel.close();
                throw taken(file);
            }
            return new Seat(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write beside " + file, e);
        }
    }

    /**
     * Whether a server has it. Makes no file; what cannot be seen counts as not taken. A server
     * that starts in the very moment of the look could be turned away.
     */
    static boolean isTaken(Path file) {
        try (FileChannel channel = FileChannel.open(lock(file), StandardOpenOption.READ);
                FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return shared == null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return true;
        } catch (IOException unseen) {
            return false;
        }
    }

    private static Path lock(Path file) {
        return file.resolveSibling(file.getFileName() + ".lock");
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "lock not released cause={0}", e.toString());
        }
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    private static StoreException taken(Path file) {
        return new StoreException(
                "another oaiproxy server uses "
                        + file
                        + "; stop it, or give this one an OAIPROXY_HOME of its own",
                new IllegalStateException("locked"),
                true);
    }
}
