package dev.oaiproxy.gate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which package may know which. Imports go down, from a later layer to an earlier one, only. What
 * the modules of the build keep apart is the compiler's to hold, and not written down here.
 */
final class ImportTable {
    static final String SERVER = "dev.oaiproxy.server";
    private static final String SANDBOX = "dev.oaiproxy.sandbox";

    /** The packages of the server; the empty name is its top, which wires all of them. */
    private static final List<Set<String>> LAYERS =
            List.of(
                    Set.of("alarm"),
                    Set.of("budget", "rounds", "money", "key", "recording"),
                    Set.of("log", "encoding"),
                    Set.of("metrics"),
                    Set.of("usage", "upstream"),
                    Set.of("catalogue", "connection", "tls"),
                    Set.of("price", "ledger"),
                    Set.of("quota", "store"),
                    Set.of("settle"),
                    Set.of("relay", "admin"),
                    Set.of("openai"),
                    Set.of(""),
                    Set.of("offline"),
                    Set.of("doctor"));

    /** What only the named packages of the server may touch: one place knows each outside thing. */
    private static final Map<Pattern, Set<String>> ONE_PLACE =
            Map.of(
                    Pattern.compile("(javax?\\.sql|com\\.zaxxer|org\\.(flywaydb|sqlite))\\..*"),
                    Set.of("store"),
                    Pattern.compile("io\\.helidon\\.webclient\\..*"),
                    Set.of("upstream"),
                    Pattern.compile("io\\.(micrometer|prometheus)\\..*"),
                    Set.of("metrics"),
                    Pattern.compile("io\\.helidon\\.webserver\\..*"),
                    Set.of("connection", "tls", "admin", "openai", "sandbox", ""));

    private static final Pattern OURS = Pattern.compile("(dev\\.oaiproxy(?:\\.[a-z]\\w*)*)\\..*");

    private ImportTable() {}

    /** Why the source may not refer to that qualified name, or nothing if it may. */
    static Optional<String> objection(Source source, String name) {
        Matcher ours = OURS.matcher(name);
        if (!ours.matches() || ours.group(1).equals(source.packageName())) {
            return Optional.empty();
        }
        return objection(source.packageName(), ours.group(1));
    }

    /** Why a source of that package may not touch that outside thing, or nothing if it may. */
    static Optional<String> outsideObjection(Source source, String name) {
        return ONE_PLACE.entrySet().stream()
                .filter(entry -> entry.getKey().matcher(name).matches())
                .filter(
                        entry ->
                                !source.isServer()
                                        || !entry.getValue().contains(source.serverPackage()))
                .map(
                        entry ->
                                name
                                        + " belongs to server packages "
                                        + entry.getValue()
                                        + " only; ask them")
                .findFirst();
    }

    static Optional<String> objection(String from, String to) {
        if (from.startsWith("dev.oaiproxy.api")) {
            return Optional.of("api imports nothing of ours; move what it needs into api");
        }
        if (to.equals("dev.oaiproxy.api") || isSandbox(from) || isSandbox(to)) {
            return Optional.empty();
        }
        if (from.startsWith("dev.oaiproxy.cli")) {
            return to.startsWith("dev.oaiproxy.cli")
                    ? Optional.empty()
                    : Optional.of("cli knows the server by dev.oaiproxy.api only, not by " + to);
        }
        return serverObjection(below(from), below(to));
    }

    /** True for the top of the sandbox and for each package below it. */
    static boolean isSandbox(String name) {
        return name.equals(SANDBOX) || name.startsWith(SANDBOX + ".");
    }

    private static String below(String name) {
        return name.equals(SERVER) ? "" : name.replace(SERVER + ".", "");
    }

    private static Optional<String> serverObjection(String from, String to) {
        if (layer(to) < layer(from)) {
            return Optional.empty();
        }
        return Optional.of(
                "%s must not import %s: imports go one way, %s".formatted(from, to, LAYERS));
    }

    private static int layer(String name) {
        for (int layer = 0; layer < LAYERS.size(); layer++) {
            if (LAYERS.get(layer).contains(name)) {
                return layer;
            }
        }
        throw new IllegalStateException(
                "no layer for package '" + name + "': add it to ImportTable");
    }
}
