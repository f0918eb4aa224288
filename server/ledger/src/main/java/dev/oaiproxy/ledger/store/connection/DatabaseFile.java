package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds faults of a SQLite file: one that cannot be used, is damaged, or was replaced while it is
 * in use. The file is never opened as a file: closing it would drop the locks that SQLite has on
 * it.
 */
public final class DatabaseFile {
    /** The largest file that is checked at each start; a larger one takes too long. */
    private static final long MOST_CHECKED_BYTES = 100L << 20;

    private static final String RESTORE = "; stop the server, and restore a backup";

    private final Path file;
    private final Path real;
    private final @Nullable Object key;
    private final @Nullable Object walKey;
    private final @Nullable Object shmKey;
    private long mostBytes;

    private DatabaseFile(Path file) throws IOException {
        this.file = file;
        this.real = file.toRealPath();
        this.key = key(file);
        this.walKey = key(beside("-wal"));
        this.shmKey = key(beside("-shm"));
        this.mostBytes = Files.size(file);
    }

    /** Remembers the identity of a file that SQLite has opened. */
    static DatabaseFile opened(Path file) {
        try {
            return new DatabaseFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be inspected", e);
        }
    }

    /**
     * The reason why a server cannot use a file, which may not exist yet.
     *
     * @return what is wrong and what to do, or empty
     */
    public static Optional<String> obstacle(Path file) {
        if (Files.isDirectory(file)) {
            return Optional.of(
                    file + " is a folder and not a database; move it away, or restore a backup");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && Files.exists(folder) && !Files.isWritable(folder)) {
            return Optional.of("the folder " + folder + " cannot be written to" + mend(folder));
        }
        for (String end : List.of("", "-wal", "-shm")) {
            Path one = file.resolveSibling(file.getFileName() + end);
            if (Files.exists(one) && !(Files.isReadable(one) && Files.isWritable(one))) {
                return Optional.of(one + " cannot be read and written to" + mend(one));
            }
        }
        return isLost(file)
                ? Optional.of(
                        file
                                + (Files.exists(file) ? " is empty" : " is gone")
                                + ", though there is an installation here; restore a backup, or, to"
                                + " begin anew without its keys and charges, remove "
                                + InstanceLock.lock(file))
                : Optional.empty();
    }

    /** Requires that a server can use a file. */
    public static void require(Path file) {
        refuse(obstacle(file));
    }

    /** Throws when there is a reason. */
    static void refuse(Optional<String> why) {
        if (why.isPresent()) {
            throw StoreException.told(why.get(), null);
        }
    }

    private static boolean isLost(Path file) {
        try {
            return InstanceLock.remembers(file) && (Files.notExists(file) || Files.size(file) == 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String mend(Path path) {
        String whose = "";
        try {
            PosixFileAttributes seen = Files.readAttributes(path, PosixFileAttributes.class);
            whose =
                    " (it belongs to %s, and its mode is %s)"
                            .formatted(
                                    seen.owner().getName(),
                                    PosixFilePermissions.toString(seen.permissions()));
        } catch (IOException | UnsupportedOperationException untold) {
            // The advice works without it.
        }
        return whose
                + "; give it to the server's user with chown and chmod u+rw, and check that its"
                + " disk is not mounted read-only";
    }

    /**
     * Reads all pages of a file that is not too large.
     *
     * @return what is wrong with them and what to do, or empty
     * @throws SQLException when they cannot be read, which may be for the same reason
     */
    public static Optional<String> damage(Tx tx, Path file) throws SQLException {
        try {
            if (Files.size(file) > MOST_CHECKED_BYTES) {
                return Optional.empty();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> found = tx.list("PRAGMA quick_check(1)", row -> row.getString(1));
        return found.equals(List.of("ok"))
                ? Optional.empty()
                : Optional.of(damaged(file, String.join(", ", found)));
    }

    /** The message that a file is damaged, and what to do. */
    static String damaged(Path file, String why) {
        return file + " is damaged (" + why.replaceAll("\\s+", " ") + ")" + RESTORE;
    }

    /** A change of the file since it was opened, and what to do; empty when there is none. */
    synchronized Optional<String> trouble() {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            if (!key(file, now).equals(key)) {
                return Optional.of(
                        file
                                + " was replaced by another file while the server used it; put the"
                                + " first one back, or restart the server to use the other one");
            }
            if (now.size() < mostBytes) {
                return Optional.of(damaged(file, "it was truncated"));
            }
            mostBytes = now.size();
            return Optional.empty();
        } catch (NoSuchFileException gone) {
            return Optional.of(
                    file
                            + " was removed while the server used it; put the same file back, or"
                            + " stop the server and restore a backup");
        } catch (IOException e) {
            return Optional.of(unseen(e));
        }
    }

    private String unseen(IOException e) {
        return file + " cannot be inspected (" + e + "); check the folder's permissions and disk";
    }

    /** A change of the files that SQLite keeps beside it while it is open. */
    Optional<String> troubleBeside() {
        try {
            boolean same =
                    Objects.equals(walKey, key(beside("-wal")))
                            && Objects.equals(shmKey, key(beside("-shm")));
            return same
                    ? Optional.empty()
                    : Optional.of(
                            beside("-wal")
                                    + " or -shm was removed or replaced while the server used it;"
                                    + " restart the server now, without killing it");
        } catch (IOException e) {
            return Optional.of(unseen(e));
        }
    }

    private Path beside(String end) {
        return real.resolveSibling(real.getFileName() + end);
    }

    /** The identity of a file; null when it does not exist. */
    private static @Nullable Object key(Path path) throws IOException {
        try {
            return key(path, Files.readAttributes(path, BasicFileAttributes.class));
        } catch (NoSuchFileException gone) {
            return null;
        }
    }

    /** The file key, or the path where the file system has no keys. */
    private static Object key(Path path, BasicFileAttributes seen) {
        Object key = seen.fileKey();
        return key == null ? path : key;
    }
}
