package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.sql.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Checks of the home folder. */
final class FolderChecks {
    private static final long LITTLE_BYTES = 1L << 30;
    private static final long NOTHING_BYTES = 16L << 20;
    private static final int MEBIBYTE = 1 << 20;
    private static final String AS_SERVER = "run this as the server's user";

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private FolderChecks() {}

    static List<CheckOutcome> itself(DoctorContext context) {
        Path home = context.config().home();
        String elsewhere = "give it to the server's user, or set OAIPROXY_HOME to another";
        if (Files.notExists(home)) {
            return CheckResults.warn(
                    home + " does not exist", "the first start makes it; or correct OAIPROXY_HOME");
        }
        if (Files.exists(home) && !Files.isDirectory(home)) {
            return CheckResults.fail(home + " is not a folder", "correct OAIPROXY_HOME");
        }
        Path hidden = context.hidden().orElse(null);
        if (hidden != null) {
            return CheckResults.fail(hidden + " cannot be read", AS_SERVER);
        }
        return Files.isWritable(home)
                ? CheckResults.ok(home + ", which can be written to")
                : CheckResults.fail(home + " cannot be written to", elsewhere);
    }

    /** Checks that only the owner can read files with prompts, answers and secrets. */
    static List<CheckOutcome> permissions(DoctorContext context) {
        Path home = context.config().home();
        if (context.hidden().isPresent()
                || !Files.exists(home)
                || !home.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return CheckResults.none();
        }
        List<String> open = new ArrayList<>();
        StringBuilder mend = new StringBuilder("run: chmod go=");
        for (Path path : secrets(context)) {
            Set<PosixFilePermission> mode = mode(path);
            if (!OWNER.containsAll(mode)) {
                open.add(path + " (" + PosixFilePermissions.toString(mode) + ")");
                mend.append(' ').append(quoted(path));
            }
        }
        return open.isEmpty()
                ? CheckResults.ok("readable by the owner only")
                : CheckResults.warn(
                        "accessible to others than the owner: " + String.join(", ", open),
                        mend.toString());
    }

    /** The files with secrets, and the home folder unless it holds other things, too. */
    private static Set<Path> secrets(DoctorContext context) {
        ServerConfig config = context.config();
        Path home = config.home();
        Set<Path> secrets = new LinkedHashSet<>();
        if (!isSame(home, context.distribution()) && !isSame(home, Path.of(""))) {
            secrets.add(home);
        }
        secrets.add(config.envFile());
        if (config.hasSecretInYaml()) {
            secrets.add(config.yamlFile());
        }
        context.database()
                .flatMap(Database::file)
                .ifPresent(
                        file ->
                                Stream.of("", "-wal", "-shm")
                                        .map(end -> file.getFileName() + end)
                                        .map(file::resolveSibling)
                                        .forEach(secrets::add));
        secrets.add(config.spool());
        return secrets;
    }

    private static boolean isSame(Path home, Path other) {
        return home.equals(other.toAbsolutePath().normalize());
    }

    /** Quotes a path for a shell. */
    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }

    static List<CheckOutcome> space(DoctorContext context) {
        Path place = context.config().home();
        while (!Files.exists(place) && place.getParent() != null) {
            place = place.getParent();
        }
        long free = free(place);
        String found = free / MEBIBYTE + " MiB are free";
        String advice = "free some space before the server needs it";
        if (free < NOTHING_BYTES) {
            return CheckResults.fail(found, advice);
        }
        return free < LITTLE_BYTES ? CheckResults.warn(found, advice) : CheckResults.ok(found);
    }

    /** Checks for waiting charges, which mean that the database was away, or still is. */
    static List<CheckOutcome> spool(DoctorContext context) {
        Path spool = context.config().spool();
        if (context.hidden().isPresent()) {
            return CheckResults.none();
        }
        if (Files.notExists(spool)) {
            return CheckResults.ok("no charges wait");
        }
        if (!Files.isReadable(spool)) {
            return CheckResults.fail(spool + " cannot be read", AS_SERVER);
        }
        long waiting = Store.spooled(spool);
        return waiting == 0
                ? CheckResults.ok("no charges wait")
                : CheckResults.warn(
                        waiting + " charges wait in " + spool,
                        "keep that file; a server that is started here posts them");
    }

    private static Set<PosixFilePermission> mode(Path path) {
        try {
            return Files.getPosixFilePermissions(path);
        } catch (NoSuchFileException absent) {
            return Set.of();
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
