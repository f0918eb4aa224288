package dev.oaiproxy.ledger.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The data folder of a new server: each kind takes seconds to make, so it is made once. */
final class ServerFiles {
    private ServerFiles() {}

    /**
     * Makes one.
     *
     * @param program the server's program; another version of it has another data folder
     * @param make the command that makes one, of the family of MySQL, without the folder
     */
    static void make(ServerDisk serverDisk, Path program, List<String> make) throws Exception {
        long version = Files.getLastModifiedTime(program).toMillis() + Files.size(program);
        String key = program.getFileName() + "-data-" + Long.toString(version, 36);
        Path kept = KeptFolder.of(key, folder -> fill(new ServerDisk(folder, List.of()), make));
        String data = new ServerDisk(kept, List.of()).data().toString();
        SystemPrograms.run(
                serverDisk.command(List.of("cp", "-a", data, serverDisk.data().toString())));
    }

    private static void fill(ServerDisk serverDisk, List<String> make) throws Exception {
        List<String> command = new ArrayList<>(make);
        command.add("--user=" + System.getProperty("user.name"));
        command.add("--datadir=" + serverDisk.data());
        SystemPrograms.run(serverDisk.command(command));
    }
}
