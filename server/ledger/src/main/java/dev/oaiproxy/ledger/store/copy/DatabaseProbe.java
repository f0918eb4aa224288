package dev.oaiproxy.ledger.store.copy;

import dev.oaiproxy.ledger.store.connection.DatabaseClock;
import dev.oaiproxy.ledger.store.connection.DatabaseFile;
import dev.oaiproxy.ledger.store.connection.Migrations;
import dev.oaiproxy.ledger.store.connection.SchemaState;
import dev.oaiproxy.ledger.store.node.Node;
import dev.oaiproxy.ledger.store.node.Nodes;
import dev.oaiproxy.ledger.store.sql.ConnectionProblem;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.DatabaseVersion;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Inspects a database for {@code oaiproxy doctor}, in use or not, without changing it. */
public final class DatabaseProbe {
    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)+");
    private static final Duration PATIENCE = Database.CONNECT.multipliedBy(2);

    private final Database database;
    private final DatabaseMetaData metaData;
    private final Tx tx;

    private DatabaseProbe(Database database, DatabaseMetaData metaData, Tx tx) {
        this.database = database;
        this.metaData = metaData;
        this.tx = tx;
    }

    /** The result of an inspection. */
    public sealed interface Result {
        /** A file that does not exist yet; the first start makes it. */
        record Absent() implements Result {}

        /**
         * A database that cannot be opened.
         *
         * @param why in words, with what to do
         */
        record Closed(String why) implements Result {}

        /**
         * A database that was opened.
         *
         * @param driver its name and version
         * @param version that of the server, in its own words
         * @param encryption the cipher of the connection; empty for none, null when the server does
         *     not tell
         * @param objection the reason against using it, or null
         * @param ahead the lead of its clock over this machine's
         * @param nodes its nodes, as far as its tables tell
         */
        record Open(
                String driver,
                DatabaseVersion databaseVersion,
                String version,
                @Nullable DatabaseVersion tooOldFor,
                @Nullable String encryption,
                @Nullable String objection,
                Duration ahead,
                SchemaState schemaState,
                List<Node> nodes)
                implements Result {}
    }

    /** Inspects a database once. A node that has been silent for the time-out counts as dead. */
    public static Result look(Database database, InstantSource clock, Duration nodeTimeout) {
        Path file = database.file().orElse(null);
        if (file != null && Files.notExists(file)) {
            return DatabaseFile.obstacle(file)
                    .<Result>map(Result.Closed::new)
                    .orElseGet(Result.Absent::new);
        }
        if (file != null && !Files.isReadable(file)) {
            return new Result.Closed(file + " cannot be read; run this as the server's user");
        }
        Database watched = database.onlyRead();
        try (Connection connection = watched.connect(watched.properties(PATIENCE));
                Tx tx = new Tx(connection, watched.dialect(), () -> {})) {
            Optional<String> damage =
                    file == null ? Optional.empty() : DatabaseFile.damage(tx, file);
            if (damage.isPresent()) {
                return new Result.Closed(damage.get());
            }
            return new DatabaseProbe(watched, connection.getMetaData(), tx).run(clock, nodeTimeout);
        } catch (SQLException e) {
            return new Result.Closed(ConnectionProblem.text(e, database));
        } catch (RuntimeException e) {
            return new Result.Closed(words(e, database));
        }
    }

    /** Messages of other programs may contain anything, so only the exception's name is shown. */
    private static String words(RuntimeException e, Database database) {
        return e instanceof IllegalArgumentException
                ? String.valueOf(e.getMessage())
                : database + " could not be looked at: " + e.getClass().getSimpleName();
    }

    private Result run(InstantSource clock, Duration nodeTimeout) throws SQLException {
        String version = metaData.getDatabaseProductVersion();
        DatabaseVersion oldest = database.dialect().oldest(version);
        String product = oldest == null ? metaData.getDatabaseProductName() : oldest.product();
        DatabaseVersion databaseVersion = DatabaseVersion.of(product, version);
        DatabaseClock theirs = new DatabaseClock(clock, database.dialect());
        DatabaseClock.Reading reading = theirs.read(tx);
        SchemaState schemaState = tables();
        return new Result.Open(
                metaData.getDriverName() + " " + number(metaData.getDriverVersion()),
                databaseVersion,
                version,
                oldest != null && databaseVersion.isBefore(oldest) ? oldest : null,
                encryption(),
                database.dialect().objection(tx),
                theirs.ahead(reading),
                schemaState,
                schemaState instanceof SchemaState.Current
                        ? nodes(reading.now() - nodeTimeout.toMillis())
                        : List.of());
    }

    /** The number in a server's version text. */
    private static String number(String version) {
        Matcher number = NUMBER.matcher(version);
        return number.find() ? number.group() : version;
    }

    /** The cipher; null where only administrators may query it. */
    private @Nullable String encryption() {
        String asking = database.dialect().cipher();
        if (asking == null) {
            return null;
        }
        try {
            return tx.first(
                            asking,
                            row ->
                                    Optional.ofNullable(
                                            row.getString(row.getMetaData().getColumnCount())))
                    .flatMap(cipher -> cipher)
                    .orElse("");
        } catch (SQLException e) {
            return null;
        }
    }

    private SchemaState tables() throws SQLException {
        Migrations migrations = new Migrations(database, PATIENCE);
        Optional<String> doubt = migrations.doubt();
        if (doubt.isPresent()) {
            return new SchemaState.Doubtful(doubt.get());
        }
        int step = migrations.applied();
        int newest = Migrations.FILES.size();
        if (step == 0) {
            return isEmpty() ? new SchemaState.Empty() : new SchemaState.Foreign();
        }
        if (step < newest) {
            return new SchemaState.Older(step, newest);
        }
        return Migrations.isUnfinished(tx)
                ? new SchemaState.Unfinished()
                : new SchemaState.Current(step);
    }

    private boolean isEmpty() throws SQLException {
        Connection connection = metaData.getConnection();
        try (ResultSet table =
                metaData.getTables(
                        connection.getCatalog(),
                        connection.getSchema(),
                        "%",
                        new String[] {"TABLE"})) {
            return !table.next();
        }
    }

    private List<Node> nodes(long aliveSince) throws SQLException {
        Instant since = Instant.ofEpochMilli(aliveSince);
        return Nodes.all(tx).stream()
                .map(node -> node.heartbeat().isBefore(since) ? node.silent() : node)
                .toList();
    }
}
