package dev.oaiproxy.ledger.store;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A folder among the temporary files that takes long to make, and is kept for later runs. */
final class KeptFolder {
    private KeptFolder() {}

    /** Fills a new folder. */
    @FunctionalInterface
    interface Filling {
        void fill(Path folder) throws Exception;
    }

    /** The folder, which is made if it is not there yet. */
    static Path of(String key, Filling filling) throws Exception {
        String name = "oaiproxy-" + System.getProperty("user.name") + "-" + key;
        Path target = Path.of(System.getProperty("java.io.tmpdir"), name);
        if (!Files.exists(target)) {
            // Several test runs may be at it at once: only what is complete is ever found there.
            Path own = Files.createTempDirectory(target.getParent(), name + "-");
            filling.fill(own);
            settle(own, target);
        }
        return target;
    }

    private static void settle(Path own, Path target) throws IOException {
        try {
            Files.move(own, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException anotherWasFirst) {
            SystemPrograms.remove(own);
        }
    }
}
