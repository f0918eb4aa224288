package dev.oaiproxy.app.tools;

import dev.oaiproxy.api.AdminApi.SetupResult;
import dev.oaiproxy.api.OfflineTools;
import dev.oaiproxy.api.SetupRequest;
import dev.oaiproxy.app.boot.OfflineSetup;
import dev.oaiproxy.app.boot.SettingCheck;
import dev.oaiproxy.app.config.ConfigException;
import dev.oaiproxy.app.config.DatabaseSettings;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.doctor.Doctor;
import dev.oaiproxy.app.offline.BookCheck;
import dev.oaiproxy.app.offline.BookDiff;
import dev.oaiproxy.app.offline.ImportProposal;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.copy.DatabaseCopy;
import dev.oaiproxy.ledger.store.copy.SqliteBackup;
import dev.oaiproxy.ledger.store.report.Audit;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.metering.price.book.PriceBook;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Works on an installation, its database and price books, where no server runs. */
public final class ServerTools implements OfflineTools {
    /** The constant keeps the logger, and with it its level: java.util.logging does not. */
    private static final Logger MIGRATIONS = Logger.getLogger("org.flywaydb");

    private final Path distribution;
    private final Map<String, String> variables;

    /** Tools for the installation that the variables of the process name. */
    public ServerTools() {
        this(Path.of(System.getProperty("oaiproxy.home", "")), System.getenv());
    }

    ServerTools(Path distribution, Map<String, String> variables) {
        this.distribution = distribution;
        this.variables = variables;
    }

    @Override
    public SetupResult runSetup(SetupRequest setup, Map<String, String> environment) {
        return run(() -> OfflineSetup.run(setup, distribution, environment));
    }

    @Override
    public Path priceBook() {
        return installation(Map.of()).prices();
    }

    @Override
    public PriceBookCheck checkPrices(Path file, Instant at) {
        return BookCheck.of(PriceBook.load(file), at);
    }

    @Override
    public PriceBookDiff comparePrices(Path older, Path newer) {
        return BookDiff.of(PriceBook.load(older), PriceBook.load(newer));
    }

    @Override
    public String importPrices(PriceListSource source, Path list, Path ours, Instant at) {
        return ImportProposal.of(source, list, PriceBook.load(ours), at);
    }

    @Override
    public CopyResult backUp(Path file) {
        return run(
                () -> {
                    ServerConfig here = installation(Map.of());
                    Audit.Report report =
                            SqliteBackup.make(DatabaseSettings.of(here), file, here.zone());
                    return copied(here, file.toString(), report);
                });
    }

    @Override
    public CopyResult copy(Path home, Consumer<CopyProgress> progress) {
        return run(
                () ->
                        copy(
                                installation(Map.of()),
                                installation(Map.of("home", home.toString())),
                                progress));
    }

    @Override
    public List<CheckResult> examine(
            Map<String, String> settings, CheckScope scope, InstantSource clock) {
        MIGRATIONS.setLevel(Level.WARNING);
        return new Doctor(distribution, variables).examine(settings, scope, clock);
    }

    private static CopyResult copy(
            ServerConfig here, ServerConfig there, Consumer<CopyProgress> progress) {
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
                    "the time zone is "
                            + here.zone()
                            + " here and "
                            + there.zone()
                            + " there; set quota.time-zone to the same value in both");
        }
        DatabaseCopy copy =
                new DatabaseCopy(
                        DatabaseSettings.of(here),
                        DatabaseSettings.of(there),
                        here.zone(),
                        (table, rows, all) -> progress.accept(new CopyProgress(table, rows, all)));
        return copied(here, DatabaseSettings.of(there).toString(), copy.run());
    }

    private static CopyResult copied(ServerConfig here, String to, Audit.Report report) {
        return new CopyResult(
                DatabaseSettings.of(here).toString(),
                to,
                report.calls(),
                report.charged().toString(),
                report.findings().size(),
                Store.spooled(here.spool()));
    }

    private ServerConfig installation(Map<String, String> settings) {
        return SettingCheck.require(ServerConfig.load(distribution, variables, settings));
    }

    /** Errors of the database and of settings are arguments that cannot be used, to the caller. */
    private static <T> T run(Supplier<T> work) {
        MIGRATIONS.setLevel(Level.WARNING);
        try {
            return work.get();
        } catch (StoreException | ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
