package dev.oaiproxy.ledger.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.opentest4j.TestAbortedException;

/**
 * A disk of some megabytes, which can be filled. It is there only for those in its namespace, so
 * nobody has to be root.
 */
final class SmallDisk implements AutoCloseable {
    private static final String MOUNTED = "mounted";

    private final Path folder;
    private final Process keeper;

    SmallDisk(int megabytes) throws Exception {
        folder = Files.createTempDirectory("oaiproxy-disk-");
        String mount =
                "mount -t tmpfs -o size=%dm,mode=1777 none %s && echo %s && exec sleep 1h"
                        .formatted(megabytes, folder, MOUNTED);
        keeper =
                new ProcessBuilder("unshare", "-Urm", "sh", "-c", mount)
                        .redirectErrorStream(true)
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(keeper::destroyForcibly));
        BufferedReader told = keeper.inputReader();
        String first = told.readLine();
        if (!MOUNTED.equals(first)) {
            close();
            throw new TestAbortedException("no disk can be mounted here: " + first);
        }
    }

    /** The disk as a place for a server. */
    ServerDisk ground() {
        return new ServerDisk(
                folder,
                List.of(
                        "nsenter",
                        "--preserve-credentials",
                        "-U",
                        "-m",
                        "-t",
                        Long.toString(keeper.pid())));
    }

    /** Fills the disk. */
    void fill() throws Exception {
        SystemPrograms.run(sh("cat /dev/zero 2>/dev/null > " + filler() + "; test -s " + filler()));
    }

    /** Makes room again. */
    void empty() throws Exception {
        SystemPrograms.run(sh("rm " + filler()));
    }

    private List<String> sh(String script) {
        return ground().command(List.of("sh", "-c", script));
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    @Override
    public void close() throws IOException {
        keeper.destroyForcibly().onExit().join();
        SystemPrograms.remove(folder);
    }
}
