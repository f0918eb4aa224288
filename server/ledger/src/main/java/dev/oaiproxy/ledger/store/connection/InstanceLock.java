package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The lock of the one server that may use a file: a SQLite database, or a spool. The system
 * releases it when the process ends, however it ends.
 */
public final class InstanceLock implements AutoCloseable {
    private static final Logger LOG = System.getLogger(InstanceLock.class.getName());

    private static final String NOTE =
            """
            oaiproxy keeps an installation in the file beside this one. If that file is lost, and
            there is no backup, remove this one to begin anew.
            """;

    private final FileChannel lock;

    private InstanceLock(FileChannel lock) {
        this.lock = lock;
    }

    /** The lock of a database; null for one on a server. */
    public static @Nullable InstanceLock of(Database database) {
        return database.file().map(InstanceLock::beside).orElse(null);
    }

    /** Marks that there is an installation, so that its loss is noticed. */
    public void remember() {
        try {
            if (lock.size() == 0) {
                lock.write(ByteBuffer.wrap(NOTE.getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "event=lock_not_written cause={0}", e.toString());
        }
    }

    /** Detects that a file has had an installation. */
    static boolean remembers(Path file) throws IOException {
        Path lock = lock(file);
        return Files.exists(lock) && Files.size(lock) > 0;
    }

    /**
     * Takes the lock, on a file beside the one to use.
     *
     * @throws StoreException when another server has it
     */
    public static InstanceLock beside(Path file) {
        Path path = lock(file);
        try {
            PrivateFiles.create(file);
            FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isFree(channel)) {
                channel.close();
                throw StoreException.undone(
                        "another oaiproxy server uses "
                                + file
                                + "; stop it, or give this one an OAIPROXY_HOME of its own");
            }
            return new InstanceLock(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write beside " + file, e);
        }
    }

    /**
     * Detects that a server has the lock. Makes no file; a file that cannot be read counts as free.
     * A server that starts at that very moment could be turned away.
     */
    public static boolean isTaken(Path file) {
        try (FileChannel channel = FileChannel.open(lock(file), StandardOpenOption.READ);
                FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return shared == null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return true;
        } catch (IOException unseen) {
            return false;
        }
    }

    static Path lock(Path file) {
        return file.resolveSibling(file.getFileName() + ".lock");
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "event=lock_not_released cause={0}", e.toString());
        }
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }
}
