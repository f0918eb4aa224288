package dev.oaiproxy.gate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The allowed imports between packages: only from a later layer to an earlier one. The compiler
 * enforces the boundaries of the modules.
 */
final class ImportTable {
    static final String OURS = "dev.oaiproxy.";

    /** The packages below {@code dev.oaiproxy}, lowest layer first. */
    private static final List<Set<String>> LAYERS =
            List.of(
                    Set.of("base.alarm"),
                    Set.of("base.budget", "base.schedule"),
                    Set.of("base.metrics"),
                    Set.of("metering.money", "metering.object", "metering.recording"),
                    Set.of("metering.request.json", "metering.request.picture"),
                    Set.of("metering.request.form", "metering.request.facts"),
                    Set.of("metering.usage.object", "metering.request.field"),
                    Set.of("metering.usage", "metering.price.book"),
                    Set.of("metering.operation"),
                    Set.of("metering.request"),
                    Set.of("metering.price"),
                    Set.of("ledger.key"),
                    Set.of("ledger.account"),
                    Set.of("ledger.ledger"),
                    Set.of("ledger.store.sql"),
                    Set.of("ledger.store.connection"),
                    Set.of("ledger.store.write"),
                    Set.of("ledger.store.table", "ledger.store.node"),
                    Set.of("ledger.store.report"),
                    Set.of("ledger.store.copy"),
                    Set.of("ledger.store"),
                    Set.of("proxy.log", "proxy.encoding", "proxy.upstream.outbound"),
                    Set.of("proxy.upstream"),
                    Set.of("proxy.upstream.websocket", "proxy.connection", "proxy.relay.exchange"),
                    Set.of("proxy.quota"),
                    Set.of("proxy.deferred"),
                    Set.of("proxy.storagebilling"),
                    Set.of("proxy.relay.owner"),
                    Set.of("proxy.relay.plan"),
                    Set.of("proxy.relay.call", "proxy.relay.free"),
                    Set.of("proxy.relay.socket"),
                    Set.of("proxy.relay"),
                    Set.of("proxy.openai"),
                    Set.of("app.tls", "app.admin"),
                    Set.of("app.config"),
                    Set.of("app.cluster"),
                    Set.of("app.boot"),
                    Set.of("app.offline"),
                    Set.of("app.doctor"),
                    Set.of("app.tools"));

    /** The packages of the sandbox, except its top: the shared terms, and the start. */
    private static final List<Set<String>> SANDBOX_LAYERS =
            List.of(
                    Set.of("sandbox.http", "sandbox.model"),
                    Set.of("sandbox.call"),
                    Set.of("sandbox.chat", "sandbox.storage", "sandbox.media"),
                    Set.of("sandbox.response"),
                    Set.of("sandbox.realtime", "sandbox.batch"));

    /** The packages of the command line. */
    private static final List<Set<String>> CLI_LAYERS =
            List.of(
                    Set.of("cli.output"),
                    Set.of("cli.settings"),
                    Set.of("cli.client"),
                    Set.of("cli.demo", "cli.completion", "cli.command.common"),
                    Set.of(
                            "cli.command.price",
                            "cli.command.usage",
                            "cli.command.server",
                            "cli.command.key"),
                    Set.of("cli.command"),
                    Set.of("cli"));

    /** The packages that may speak SQL. */
    private static final Set<String> DATABASE_PACKAGES =
            Set.of(
                    "ledger.store",
                    "ledger.store.sql",
                    "ledger.store.connection",
                    "ledger.store.write",
                    "ledger.store.table",
                    "ledger.store.node",
                    "ledger.store.report",
                    "ledger.store.copy");

    /** Outside things with the only packages that may use them. */
    private static final Map<Pattern, Set<String>> ONE_PLACE =
            Map.of(
                    Pattern.compile("(javax?\\.sql|com\\.zaxxer|org\\.(flywaydb|sqlite))\\..*"),
                    DATABASE_PACKAGES,
                    Pattern.compile("io\\.helidon\\.dbclient\\..*"),
                    DATABASE_PACKAGES,
                    Pattern.compile("io\\.helidon\\.webclient\\..*"),
                    Set.of("proxy.upstream"),
                    Pattern.compile("io\\.(micrometer|prometheus)\\..*"),
                    Set.of("base.metrics"),
                    Pattern.compile("io\\.helidon\\.webserver\\..*"),
                    Set.of(
                            "proxy.connection",
                            "proxy.openai",
                            "app.tls",
                            "app.admin",
                            "app.boot",
                            "sandbox"));

    private static final Pattern OUR_NAME =
            Pattern.compile("(dev\\.oaiproxy(?:\\.[a-z]\\w*)*)\\..*");

    private ImportTable() {}

    /** The reason why the source may not refer to a qualified name; empty if it may. */
    static Optional<String> objection(Source source, String name) {
        Matcher ours = OUR_NAME.matcher(name);
        if (!ours.matches() || ours.group(1).equals(source.packageName())) {
            return Optional.empty();
        }
        return objection(source.packageName(), ours.group(1));
    }

    /** The reason why a source of a package may not use an outside thing; empty if it may. */
    static Optional<String> outsideObjection(Source source, String name) {
        return ONE_PLACE.entrySet().stream()
                .filter(entry -> entry.getKey().matcher(name).matches())
                .filter(entry -> !entry.getValue().contains(source.place()))
                .map(entry -> name + " belongs to " + entry.getValue() + " only; ask them")
                .findFirst();
    }

    static Optional<String> objection(String from, String to) {
        if (from.startsWith("dev.oaiproxy.api")) {
            return Optional.of("api imports nothing of ours; move what it needs into api");
        }
        if (to.equals("dev.oaiproxy.api")) {
            return Optional.empty();
        }
        if (from.startsWith("dev.oaiproxy.cli")) {
            return to.startsWith("dev.oaiproxy.cli")
                    ? downwards(from.replace(OURS, ""), to.replace(OURS, ""), CLI_LAYERS)
                    : Optional.of("cli knows the server by dev.oaiproxy.api only, not by " + to);
        }
        if (isRoomOfSandbox(from) && isRoomOfSandbox(to)) {
            return downwards(from.replace(OURS, ""), to.replace(OURS, ""), SANDBOX_LAYERS);
        }
        return downwards(place(from), place(to));
    }

    /** A package below {@code dev.oaiproxy}; all sandbox packages count as one. */
    static String place(String packageName) {
        String below = packageName.replace(OURS, "");
        return below.startsWith("sandbox.") ? "sandbox" : below;
    }

    private static boolean isRoomOfSandbox(String packageName) {
        return packageName.startsWith(OURS + "sandbox.");
    }

    private static Optional<String> downwards(String from, String to) {
        // The compiler checks the imports of the sandbox, and only tests import it.
        return from.equals("sandbox") || to.equals("sandbox")
                ? Optional.empty()
                : downwards(from, to, LAYERS);
    }

    private static Optional<String> downwards(String from, String to, List<Set<String>> layers) {
        if (layer(to, layers) < layer(from, layers)) {
            return Optional.empty();
        }
        return Optional.of(
                "%s must not import %s: imports go one way, %s".formatted(from, to, layers));
    }

    private static int layer(String name, List<Set<String>> layers) {
        for (int layer = 0; layer < layers.size(); layer++) {
            if (layers.get(layer).contains(name)) {
                return layer;
            }
        }
        throw new IllegalStateException(
                "no layer for package '" + name + "': add it to ImportTable");
    }
}
