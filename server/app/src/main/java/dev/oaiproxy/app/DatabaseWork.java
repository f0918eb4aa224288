package dev.oaiproxy.app;

import dev.oaiproxy.api.Databases;
import dev.oaiproxy.ledger.store.Audit;
import dev.oaiproxy.ledger.store.Backup;
import dev.oaiproxy.ledger.store.Copy;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.StoreException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Copies databases for the command line, where no server runs. */
public final class DatabaseWork implements Databases {
    @Override
    public Copied backup(Path file) {
        return told(
                () -> {
                    ServerConfig here = installation(home());
                    Audit.Report report = Backup.make(here.database(), file, here.zone());
                    return copied(here, file.toString(), report);
                });
    }

    @Override
    public Copied copy(Path home, Consumer<Progress> progress) {
        return told(() -> copy(installation(home()), installation(home), progress));
    }

    private static Copied copy(ServerConfig here, ServerConfig there, Consumer<Progress> progress) {
        long waiting = Store.spooled(here.spool());
        if (waiting > 0) {
            throw new IllegalArgumentException(
                    waiting
                            + " charges wait in "
                            + here.spool()
                            + "; start the server here once more, so that it can post them");
        }
        if (!here.zone().equals(there.zone())) {
            throw new IllegalArgumentException(
                    "the days of the books begin in "
                            + here.zone()
                            + " here, and in "
                            + there.zone()
                            + " there; set quota.time-zone to the same");
        }
        Copy copy =
                new Copy(
                        here.database(),
                        there.database(),
                        here.zone(),
                        (table, rows, all) -> progress.accept(new Progress(table, rows, all)));
        return copied(here, there.database().toString(), copy.run());
    }

    private static Copied copied(ServerConfig here, String to, Audit.Report report) {
        return new Copied(
                here.database().toString(),
                to,
                report.calls(),
                report.charged().toString(),
                report.findings().size(),
                Store.spooled(here.spool()));
    }

    private static ServerConfig installation(Path home) {
        return ServerConfig.load(home, System.getenv(), Map.of());
    }

    private static Path home() {
        return Path.of(System.getProperty("oaiproxy.home", ""));
    }

    private static <T> T told(Supplier<T> work) {
        Quiet.migrations();
        try {
            return work.get();
        } catch (StoreException | ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
