package dev.oaiproxy.ledger.store.copy;

import dev.oaiproxy.ledger.store.connection.ConnectionPools;
import dev.oaiproxy.ledger.store.connection.PrivateFiles;
import dev.oaiproxy.ledger.store.report.Audit;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneId;

/** A backup of a SQLite file, as of one moment, while a server may be writing to it. */
public final class SqliteBackup {
    private static final String COPY = "VACUUM INTO ?";

    private SqliteBackup() {}

    /**
     * Makes a backup, and audits it.
     *
     * @param file is made, readable by its owner only
     * @throws StoreException when it cannot be made; the message says why
     */
    public static Audit.Report make(Database database, Path file, ZoneId zone) {
        if (database.file().isEmpty()) {
            throw StoreException.undone(database + " has its own backup tools; use those");
        }
        if (!Files.exists(database.file().get())) {
            throw StoreException.undone("there is no " + database);
        }
        if (Files.exists(file)) {
            throw StoreException.undone(
                    file + " already exists; choose another name, or remove it");
        }
        try (Tx tx = Tx.alone(database, ConnectionPools.LONG_SILENCE)) {
            PrivateFiles.create(file);
            tx.update(COPY, file.toString());
        } catch (SQLException | IOException e) {
            remove(file);
            throw StoreException.undone("the backup could not be made: " + e.getMessage(), e);
        }
        return Audit.of(Database.file(file), zone);
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
