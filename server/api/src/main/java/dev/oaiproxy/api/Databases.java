package dev.oaiproxy.api;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Copies the database of an installation, found through {@link java.util.ServiceLoader}, so that
 * the command line does it with the server's own means, and no server needs to run.
 *
 * <p>Every method throws {@link IllegalArgumentException} when it cannot be done; the message says
 * why and what to do.
 */
public interface Databases {
    /**
     * Copies the SQLite database of the installation here, which may be in use, into a new file,
     * and proves the books of the copy.
     */
    Copied backup(Path file);

    /**
     * Copies all rows of the installation here into the empty database of another one, and proves
     * that both are the same. What an earlier copy has left unfinished is made anew.
     *
     * @param home the folder of the other installation, whose settings name its database
     */
    Copied copy(Path home, Consumer<Progress> progress);

    /**
     * What was copied.
     *
     * @param chargedUsd the sum of all charges, as the copy's own books have it
     * @param findings how much does not hold in those books; none when they balance
     * @param waiting how many charges wait in the spool, and are not in the copy
     */
    record Copied(
            String from, String to, long calls, String chargedUsd, int findings, long waiting) {}

    /**
     * How far it has come.
     *
     * @param rows how many rows of the table are copied
     * @param all how many there are
     */
    record Progress(String table, long rows, long all) {}
}
