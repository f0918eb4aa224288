package dev.oaiproxy.ledger.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The file system of a database server.
 *
 * @param folder a folder of this machine that goes with it; where it is on a disk of its own, only
 *     the server sees that
 * @param way what its programs are run by; nothing where they are run as they are
 */
public record ServerDisk(Path folder, List<String> way) {
    /** The disk of the temporary files. */
    public static ServerDisk ordinary() throws IOException {
        return new ServerDisk(Files.createTempDirectory("oaiproxy-server-"), List.of());
    }

    /** The data folder of the server. */
    Path data() {
        return folder.resolve("data");
    }

    /**
     * The command that runs a program on it, with its temporary files there, too: a server that
     * starts removes the temporary tables of all others in the same folder.
     */
    List<String> command(List<String> program) {
        List<String> command = new ArrayList<>(way);
        command.addAll(List.of("env", "TMPDIR=" + folder));
        command.addAll(program);
        return command;
    }
}
