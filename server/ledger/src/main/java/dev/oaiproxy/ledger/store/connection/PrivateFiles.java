package dev.oaiproxy.ledger.store.connection;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Makes files that nobody but their owner may read: the database holds prompts and answers. */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> MODE =
            PosixFilePermissions.fromString("rw-------");

    private PrivateFiles() {}

    /**
     * Makes a file, with its folder, unless it is there. SQLite gives its other files this mode.
     */
    public static void create(Path path) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        try {
            if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(path, PosixFilePermissions.asFileAttribute(MODE));
            } else {
                Files.createFile(path);
            }
        } catch (FileAlreadyExistsException e) {
            // An existing file keeps its mode.
        }
    }
}
