package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import dev.oaiproxy.app.boot.Version;
import dev.oaiproxy.app.cluster.NodeConsistency;
import dev.oaiproxy.app.config.DatabaseSettings;
import dev.oaiproxy.app.config.Setting;
import dev.oaiproxy.ledger.store.connection.SchemaState;
import dev.oaiproxy.ledger.store.copy.DatabaseProbe.Result;
import dev.oaiproxy.ledger.store.node.Node;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.DatabaseVersion;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.price.book.PriceBookException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Checks of the database. */
final class DatabaseChecks {
    private static final long MOST_SKEW_MILLIS = 1_000;

    private DatabaseChecks() {}

    static List<CheckOutcome> reach(DoctorContext context) {
        Optional<Result> seen = context.seen();
        if (context.hidden().isPresent()) {
            return CheckResults.none();
        }
        if (seen.isEmpty()) {
            return CheckResults.fail("the settings do not say which", "correct them");
        }
        String name = DatabaseSettings.of(context.config()).toString();
        return switch (seen.get()) {
            case Result.Absent _ -> CheckResults.ok(name + ", which the first start makes");
            case Result.Closed closed ->
                    List.of(
                            CheckResults.problem(
                                    closed.why(), "check the log of the database server"));
            case Result.Open open ->
                    open.objection() == null
                            ? CheckResults.ok(name + " accepts connections")
                            : CheckResults.fail(
                                    name + " cannot be used: " + open.objection(),
                                    "see docs/databases.md");
        };
    }

    static List<CheckOutcome> version(DoctorContext context) {
        return inside(context, DatabaseChecks::version);
    }

    private static List<CheckOutcome> version(Result.Open open) {
        String found = open.databaseVersion().product() + " " + open.version();
        DatabaseVersion oldest = open.tooOldFor();
        return oldest == null
                ? CheckResults.ok(found)
                : CheckResults.warn(
                        found + " is older than the versions that oaiproxy is tested with",
                        "use " + oldest + " or newer");
    }

    static List<CheckOutcome> driver(DoctorContext context) {
        return inside(context, open -> CheckResults.ok(open.driver()));
    }

    static List<CheckOutcome> encryption(DoctorContext context) {
        Database database = context.database().orElse(null);
        if (database == null || !database.isShared()) {
            return CheckResults.none();
        }
        return inside(
                context,
                open -> encryption(Optional.ofNullable(open.encryption()), context, database));
    }

    private static List<CheckOutcome> encryption(
            Optional<String> cipher, DoctorContext context, Database database) {
        String asked = "db.tls is " + context.config().text(Setting.DB_TLS);
        if (cipher.isEmpty()) {
            return CheckResults.ok("the server does not show it; " + asked);
        }
        if (!cipher.get().isBlank()) {
            return CheckResults.ok(cipher.get() + "; " + asked);
        }
        return database.isHere()
                ? CheckResults.ok("none, within this machine")
                : CheckResults.warn(
                        "none: anyone on the network path can read prompts, answers and hashes",
                        "set db.tls (OAIPROXY_DB_TLS) to verify");
    }

    static List<CheckOutcome> tables(DoctorContext context) {
        return inside(context, open -> List.of(outcome(open.schemaState())));
    }

    private static CheckOutcome outcome(SchemaState schemaState) {
        return switch (schemaState) {
            case SchemaState.Empty _ -> new CheckOutcome.Ok("none yet; the first start makes them");
            case SchemaState.Current current ->
                    new CheckOutcome.Ok("step " + current.step() + ", the newest");
            case SchemaState.Older older ->
                    new CheckOutcome.Ok(
                            "step %d of %d; the next start brings them up to date: back them up"
                                    .formatted(older.step(), older.newest()));
            case SchemaState.Foreign _ ->
                    new CheckOutcome.Fail(
                            "tables of another program", "give oaiproxy a database of its own");
            case SchemaState.Unfinished _ ->
                    new CheckOutcome.Fail(
                            "a copy that was not finished", "repeat oaiproxy db copy");
            case SchemaState.Doubtful doubtful ->
                    CheckResults.problem(doubtful.why(), "restore a backup");
        };
    }

    /** Compares the clocks of this machine and of a shared database. */
    static List<CheckOutcome> clock(DoctorContext context) {
        return context.database().filter(Database::isShared).isEmpty()
                ? CheckResults.none()
                : inside(context, DatabaseChecks::clock);
    }

    private static List<CheckOutcome> clock(Result.Open open) {
        long behind = open.ahead().toMillis();
        String found = "this machine is %d ms behind the database".formatted(behind);
        return Math.abs(behind) <= MOST_SKEW_MILLIS
                ? CheckResults.ok(found)
                : CheckResults.warn(
                        found,
                        "synchronise both with a time server; calls are booked by the database's"
                                + " clock");
    }

    /** Checks the servers on a shared database. A file has one at most, which the port shows. */
    static List<CheckOutcome> nodes(DoctorContext context) {
        Database database = context.database().orElse(null);
        if (database == null || !database.isShared()) {
            return CheckResults.none();
        }
        return inside(context, open -> nodes(open, context));
    }

    private static List<CheckOutcome> nodes(Result.Open open, DoctorContext context) {
        List<CheckOutcome> found = new ArrayList<>();
        List<Node> alive = open.nodes().stream().filter(Node::alive).toList();
        if (open.schemaState() instanceof SchemaState.Current) {
            found.add(new CheckOutcome.Ok(alive.size() + " alive" + list(alive, ": ")));
        }
        List<Node> gone = open.nodes().stream().filter(node -> !node.alive()).toList();
        if (!gone.isEmpty()) {
            found.add(
                    new CheckOutcome.Warn(
                            gone.size() + " gone without a shutdown" + list(gone, ": "),
                            "a running server, or the next start, charges their open calls"));
        }
        if (!alive.isEmpty()) {
            NodeConsistency.withHere(alive, context.config(), Version.TEXT, priceVersion(context))
                    .differences()
                    .map(differ -> new CheckOutcome.Warn(differ, "make them the same on all nodes"))
                    .ifPresent(found::add);
        }
        return found;
    }

    private static String list(List<Node> nodes, String before) {
        return nodes.isEmpty()
                ? ""
                : nodes.stream()
                        .map(DatabaseChecks::words)
                        .collect(Collectors.joining(", ", before, ""));
    }

    private static String words(Node node) {
        return "node %d (%s, version %s, prices %s, seen %s, %d calls held)"
                .formatted(
                        node.number(),
                        node.label(),
                        node.version(),
                        node.prices(),
                        node.heartbeat(),
                        node.held());
    }

    private static String priceVersion(DoctorContext context) {
        try {
            return PriceBook.load(context.config().prices()).version();
        } catch (PriceBookException told) {
            return "none";
        }
    }

    private static List<CheckOutcome> inside(
            DoctorContext context, Function<Result.Open, List<CheckOutcome>> look) {
        return context.open().map(look).orElse(CheckResults.none());
    }
}
