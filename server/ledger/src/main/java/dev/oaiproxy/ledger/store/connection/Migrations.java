package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.ledger.store.sql.ConnectionProblem;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.Dialect;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.ErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.output.ValidateOutput;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/**
 * Brings the tables of a database up to date. Nodes that start at once wait for each other. A
 * database that this program cannot be sure about is left alone.
 */
public final class Migrations {
    /** The files in the order of their versions; a test compares them with the folder. */
    public static final List<String> FILES =
            List.of(
                    "V1__ledger.sql",
                    "V2__objects.sql",
                    "V3__deferred.sql",
                    "V4__accruals.sql",
                    "V5__horizon.sql",
                    "V6__nodes.sql",
                    "V7__reports.sql",
                    "V8__groups.sql");

    private static final String FOLDER = "dev/oaiproxy/ledger/store/migrations/";
    private static final String HISTORY = "flyway_schema_history";
    private static final String APPLIED =
            "SELECT version, description, type, checksum, success FROM "
                    + HISTORY
                    + " ORDER BY installed_rank";

    private final Database database;
    private final MigrationVersion newest;
    private final Duration silence;
    private @Nullable Flyway loaded;

    public Migrations(Database database) {
        this(database, MigrationVersion.LATEST);
    }

    /**
     * Migrations that are only inspected.
     *
     * @param silence the longest silence of the server
     */
    public Migrations(Database database, Duration silence) {
        this(database, MigrationVersion.LATEST, silence);
    }

    /**
     * @param newest the last step to run, as an older version would
     */
    public Migrations(Database database, MigrationVersion newest) {
        this(database, newest, ConnectionPools.LONG_SILENCE);
    }

    private Migrations(Database database, MigrationVersion newest, Duration silence) {
        this.database = database;
        this.newest = newest;
        this.silence = silence;
    }

    /** Flyway for this database. To load it takes longer than to see that nothing is to be done. */
    private Flyway flyway() {
        if (loaded == null) {
            loaded = load();
        }
        return loaded;
    }

    private Flyway load() {
        Map<String, String> rest = new HashMap<>();
        database.properties(silence)
                .forEach((name, value) -> rest.put(name.toString(), value.toString()));
        String user = rest.remove("user");
        String password = rest.remove("password");
        return Flyway.configure()
                .dataSource(database.url(), user, password)
                .jdbcProperties(rest)
                .resourceProvider(new Translated(database.dialect()))
                .locations("classpath:" + FOLDER)
                .placeholders(database.dialect().placeholders())
                .target(newest)
                // doubt() has validated already, with better messages.
                .validateOnMigrate(false)
                .load();
    }

    /**
     * Runs the pending steps.
     *
     * @throws StoreException when that cannot be done, or must not; the message says what to do
     */
    public void run() {
        try {
            if (!areDone()) {
                requireNoDoubt();
                flyway().migrate();
                // Another node, perhaps a newer one, may have done it meanwhile.
                requireNoDoubt();
            }
        } catch (FlywayException e) {
            throw StoreException.undone(told(e), e);
        }
    }

    /** The last applied step; 0 for none. Changes nothing. */
    public int applied() {
        MigrationInfo last = flyway().info().current();
        MigrationVersion version = last == null ? null : last.getVersion();
        return version == null ? 0 : Integer.parseInt(version.getVersion());
    }

    /** The reason why this database must not be touched, or empty. Changes nothing. */
    public Optional<String> doubt() {
        try {
            return areDone() ? Optional.empty() : firstDoubt();
        } catch (FlywayException e) {
            return Optional.of(told(e));
        }
    }

    /** Detects users without accounts, which a copy brings last: the copy was not finished. */
    public static boolean isUnfinished(Tx tx) throws SQLException {
        return tx.number("SELECT COUNT(*) FROM accounts") == 0
                && tx.number("SELECT COUNT(*) FROM users") > 0;
    }

    private void requireNoDoubt() {
        firstDoubt()
                .ifPresent(
                        why -> {
                            throw StoreException.undone(why);
                        });
    }

    /**
     * True when every step is applied, as at most starts. Takes one query, where Flyway takes many.
     */
    private boolean areDone() {
        try (Tx tx = Tx.alone(database, silence)) {
            return tx.list(APPLIED, AppliedStep::of).equals(expected());
        } catch (SQLException e) {
            // There are no tables yet, or Flyway meets the same trouble and tells it.
            return false;
        }
    }

    private List<AppliedStep> expected() {
        return FILES.stream()
                .map(file -> new MigrationScript(file, database.dialect()).applied())
                .toList();
    }

    private Optional<String> firstDoubt() {
        return Stream.concat(
                        Arrays.stream(flyway().info().all()).map(this::doubt),
                        Stream.of(flyway())
                                .flatMap(all -> all.validateWithResult().invalidMigrations.stream())
                                .map(this::doubt))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> doubt(MigrationInfo step) {
        return switch (step.getState()) {
            case FAILED, MISSING_FAILED, FUTURE_FAILED ->
                    Optional.of(
                            "the tables of %s were left half-way by step %s; restore the backup"
                                            .formatted(database, step.getVersion())
                                    + " made before it, or undo what it did and delete its row"
                                    + " from "
                                    + HISTORY);
            case FUTURE_SUCCESS ->
                    Optional.of(
                            "%s was made by a newer oaiproxy (step %s of its tables, where this one"
                                            .formatted(database, step.getVersion())
                                    + " knows %d); start that version, or restore the backup made"
                                            .formatted(FILES.size())
                                    + " before it");
            case IGNORED ->
                    Optional.of(
                            "step %s of the tables of %s is missing, though later ones were run:"
                                            .formatted(step.getVersion(), database)
                                    + " %s was edited by hand; restore a backup"
                                            .formatted(HISTORY));
            default -> Optional.empty();
        };
    }

    /** A pending step is no reason for doubt. */
    private Optional<String> doubt(ValidateOutput wrong) {
        ErrorCode code = wrong.errorDetails.errorCode;
        return code.toString().equals("RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED")
                ? Optional.empty()
                : Optional.of(
                        "step %s of the tables of %s is not the one that this oaiproxy knows (%s):"
                                        .formatted(wrong.version, database, code)
                                + " "
                                + HISTORY
                                + " was edited by hand, or the program was; use the version that"
                                + " made it, or restore a backup");
    }

    private String told(FlywayException e) {
        String failed = "the tables of " + database + " could not be brought up to date: ";
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return ConnectionProblem.known(sql, database)
                        .orElseGet(() -> failed + ConnectionProblem.words(sql));
            }
        }
        String message = String.valueOf(e.getMessage());
        return message.contains("non-empty schema")
                ? database + " has tables of another program; give oaiproxy a database of its own"
                : failed + message.lines().findFirst().orElse("");
    }

    /** The files, translated into a dialect. */
    private record Translated(Dialect dialect) implements ResourceProvider {
        @Override
        public @Nullable LoadableResource getResource(String name) {
            return null;
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return FILES.stream()
                    .filter(file -> file.startsWith(prefix))
                    .filter(file -> Arrays.stream(suffixes).anyMatch(file::endsWith))
                    .<LoadableResource>map(file -> new MigrationScript(file, dialect))
                    .toList();
        }
    }

    /**
     * A row of Flyway's history.
     *
     * @param checksum the CRC-32 of the lines of its file without their ends
     */
    private record AppliedStep(
            String version, String description, String type, int checksum, boolean succeeded) {
        static AppliedStep of(ResultSet row) throws SQLException {
            return new AppliedStep(
                    String.valueOf(row.getString(1)),
                    String.valueOf(row.getString(2)),
                    String.valueOf(row.getString(3)),
                    row.getInt(4),
                    row.getBoolean(5));
        }
    }

    /** A migration file. */
    private static final class MigrationScript extends LoadableResource {
        private final String file;
        private final Dialect dialect;

        MigrationScript(String file, Dialect dialect) {
            this.file = file;
            this.dialect = dialect;
        }

        /** Its row in the history after it was run. */
        AppliedStep applied() {
            CRC32 checksum = new CRC32();
            text().lines().forEach(line -> checksum.update(line.getBytes(StandardCharsets.UTF_8)));
            String version = file.substring(1, file.indexOf("__"));
            String description = file.substring(file.indexOf("__") + 2, file.lastIndexOf('.'));
            return new AppliedStep(
                    version, description.replace('_', ' '), "SQL", (int) checksum.getValue(), true);
        }

        @Override
        public Reader read() {
            return new StringReader(text());
        }

        private String text() {
            try (InputStream in = Migrations.class.getResourceAsStream("/" + FOLDER + file)) {
                if (in == null) {
                    throw new IllegalStateException("no such migration: " + file);
                }
                return dialect.translate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String getAbsolutePath() {
            return FOLDER + file;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return FOLDER + file;
        }

        @Override
        public String getFilename() {
            return file;
        }

        @Override
        public String getRelativePath() {
            return file;
        }
    }
}
