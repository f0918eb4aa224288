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
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.ErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
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
                    "V6__nodes.sql");

    private static final String FOLDER = "dev/oaiproxy/ledger/store/migrations/";
    private static final String HISTORY = "flyway_schema_history";

    private final Database database;
    private final Flyway flyway;

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
        Properties properties = database.properties(silence);
        String user = properties.getProperty("user");
        String password = properties.getProperty("password");
        properties.remove("user");
        properties.remove("password");
        Map<String, String> rest = new HashMap<>();
        properties.stringPropertyNames().forEach(n -> rest.put(n, properties.getProperty(n)));
        this.flyway =
                Flyway.configure()
                        .dataSource(database.url(), user, password)
                        .jdbcProperties(rest)
                        .resourceProvider(new Translated(database.dialect()))
                        .locations("classpath:" + FOLDER)
                        .placeholders(database.dialect().placeholders())
                        .target(newest)
                        // Done already, in more words, by the search for doubt.
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
            List<MigrationInfo> steps = List.of(flyway.info().all());
            if (!areDone(steps)) {
                requireNoDoubt(steps);
                flyway.migrate();
                // Another node, perhaps a newer one, may have done it meanwhile.
                requireNoDoubt(List.of(flyway.info().all()));
            }
        } catch (FlywayException e) {
            throw new StoreException(told(e), e, true);
        }
    }

    /** The last applied step; 0 for none. Changes nothing. */
    public int applied() {
        MigrationInfo last = flyway.info().current();
        MigrationVersion version = last == null ? null : last.getVersion();
        return version == null ? 0 : Integer.parseInt(version.getVersion());
    }

    /** The reason why this database must not be touched, or empty. Changes nothing. */
    public Optional<String> doubt() {
        try {
            List<MigrationInfo> steps = List.of(flyway.info().all());
            return areDone(steps) ? Optional.empty() : doubt(steps);
        } catch (FlywayException e) {
            return Optional.of(told(e));
        }
    }

    /** Detects users without accounts, which a copy brings last: the copy was not finished. */
    public static boolean isUnfinished(Tx tx) throws SQLException {
        return tx.number("SELECT COUNT(*) FROM accounts") == 0
                && tx.number("SELECT COUNT(*) FROM users") > 0;
    }

    private void requireNoDoubt(List<MigrationInfo> steps) {
        Optional<String> doubt = doubt(steps);
        if (doubt.isPresent()) {
            throw new StoreException(doubt.get(), new IllegalStateException(), true);
        }
    }

    /** At most starts every step is done; this needs one look, where Flyway would take many. */
    private static boolean areDone(List<MigrationInfo> steps) {
        return steps.size() == FILES.size()
                && steps.stream()
                        .allMatch(
                                one ->
                                        one.getState() == MigrationState.SUCCESS
                                                && one.isTypeMatching()
                                                && one.isDescriptionMatching()
                                                && one.isChecksumMatching());
    }

    private Optional<String> doubt(List<MigrationInfo> steps) {
        return steps.stream()
                .flatMap(one -> doubt(one).stream())
                .findFirst()
                .or(
                        () ->
                                flyway.validateWithResult().invalidMigrations.stream()
                                        .flatMap(one -> doubt(one).stream())
                                        .findFirst());
    }

    private Optional<String> doubt(MigrationInfo migration) {
        MigrationState state = migration.getState();
        if (state.isFailed()) {
            return Optional.of(
                    "the tables of "
                            + database
                            + " were left half-way by step "
                            + migration.getVersion()
                            + "; restore the backup made before it, or undo what it did and delete"
                            + " its row from "
                            + HISTORY);
        }
        if (state == MigrationState.FUTURE_SUCCESS || state == MigrationState.FUTURE_FAILED) {
            return Optional.of(
                    database
                            + " was made by a newer oaiproxy (step "
                            + migration.getVersion()
                            + " of its tables, where this one knows "
                            + FILES.size()
                            + "); start that version, or restore the backup made before it");
        }
        if (state == MigrationState.IGNORED) {
            return Optional.of(
                    "step "
                            + migration.getVersion()
                            + " of the tables of "
                            + database
                            + " is missing, though later ones were run: "
                            + HISTORY
                            + " was edited by hand; restore a backup");
        }
        return Optional.empty();
    }

    /** A pending step is no reason for doubt. */
    private Optional<String> doubt(ValidateOutput wrong) {
        ErrorCode code = wrong.errorDetails.errorCode;
        return code.toString().equals("RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED")
                ? Optional.empty()
                : Optional.of(
                        "step "
                                + wrong.version
                                + " of the tables of "
                                + database
                                + " is not the one that this oaiproxy knows ("
                                + code
                                + "): "
                                + HISTORY
                                + " was edited by hand, or the program was; use the version that"
                                + " made it, or restore a backup");
    }

    private String told(FlywayException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                ConnectionProblem problem = ConnectionProblem.of(sql, database);
                return problem instanceof ConnectionProblem.Other other
                        ? "the tables of "
                                + database
                                + " could not be brought up to date: "
                                + other.message()
                        : problem.text();
            }
        }
        String message = String.valueOf(e.getMessage());
        return message.contains("non-empty schema")
                ? database + " has tables of another program; give oaiproxy a database of its own"
                : "the tables of "
                        + database
                        + " could not be brought up to date: "
                        + message.lines().findFirst().orElse("");
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
                    .<LoadableResource>map(file -> new Step(file, dialect))
                    .toList();
        }
    }

    /** A migration file. */
    private static final class Step extends LoadableResource {
        private final String file;
        private final Dialect dialect;

        Step(String file, Dialect dialect) {
            this.file = file;
            this.dialect = dialect;
        }

        @Override
        public Reader read() {
            try (InputStream in = Migrations.class.getResourceAsStream("/" + FOLDER + file)) {
                if (in == null) {
                    throw new IllegalStateException("no such migration: " + file);
                }
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                return new StringReader(dialect.translate(text));
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
