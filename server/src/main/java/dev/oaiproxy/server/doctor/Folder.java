package dev.oaiproxy.server.doctor;

import dev.oaiproxy.api.Checkup.Outcome;
import dev.oaiproxy.server.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Where the data lies. */
final class Folder {
    private static final long LITTLE_BYTES = 1L << 30;
    private static final long NOTHING_BYTES = 16L << 20;
    private static final int MEBIBYTE = 1 << 20;
    private static final List<String> PRIVATE =
            List.of(
                    "",
                    ".env",
                    "proxy_api.db",
                    "proxy_api.db-wal",
                    "proxy_api.db-shm",
                    "spool/endings");

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private Folder() {}

    static List<Outcome> itself(Situation situation) {
        Path home = situation.config().home();
        String elsewhere = "give it to the server's user, or set OAIPROXY_HOME to another";
        if (!Files.exists(home)) {
            return Outcomes.warn(
                    home + " does not exist", "it is made at the start; or correct OAIPROXY_HOME");
        }
        if (!Files.isDirectory(home)) {
            return Outcomes.fail(home + " is no folder", "correct OAIPROXY_HOME");
        }
        return Files.isWritable(home)
                ? Outcomes.ok(home + ", which can be written to")
                : Outcomes.fail(home + " cannot be written to", elsewhere);
    }

    /** Prompts, answers and secrets lie in them. */
    static List<Outcome> permissions(Situation situation) {
        Path home = situation.config().home();
        if (!Files.exists(home)
                || !home.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return Outcomes.none();
        }
        List<String> open = new ArrayList<>();
        for (String name : PRIVATE) {
            Path path = home.resolve(name);
            if (Files.exists(path) && !OWNER.containsAll(mode(path))) {
                open.add(path + " (" + PosixFilePermissions.toString(mode(path)) + ")");
            }
        }
        return open.isEmpty()
                ? Outcomes.ok("for the owner only")
                : Outcomes.warn(
                        "open to others than the owner: " + String.join(", ", open),
                        "run: chmod -R go= " + home);
    }

    static List<Outcome> space(Situation situation) {
        Path place = situation.config().home();
        while (!Files.exists(place) && place.getParent() != null) {
            place = place.getParent();
        }
        long free = free(place);
        String found = free / MEBIBYTE + " MiB are free";
        String advice = "make room before the server needs it";
        if (free < NOTHING_BYTES) {
            return Outcomes.fail(found, advice);
        }
        return free < LITTLE_BYTES ? Outcomes.warn(found, advice) : Outcomes.ok(found);
    }

    /** Charges that wait mean that the database was away, or still is. */
    static List<Outcome> spool(Situation situation) {
        Path spool = situation.config().spool();
        if (!Files.exists(spool)) {
            return Outcomes.ok("no charges wait");
        }
        if (!Files.isReadable(spool)) {
            return Outcomes.fail(spool + " cannot be read", "run this as the server's user");
        }
        long waiting = Store.spooled(spool);
        return waiting == 0
                ? Outcomes.ok("no charges wait")
                : Outcomes.warn(
                        waiting + " charges wait in " + spool,
                        "keep that file; a server that is started here posts them");
    }

    private static Set<PosixFilePermission> mode(Path path) {
        try {
            return Files.getPosixFilePermissions(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long free(Path place) {
        try {
            return Files.getFileStore(place).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
