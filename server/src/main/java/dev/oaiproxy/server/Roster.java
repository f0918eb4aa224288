package dev.oaiproxy.server;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.server.store.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The servers on one database, and what they should have the same. */
final class Roster {
    private static final long MOST_MILLIS = 1_000;

    private final List<Node> all;

    Roster(List<Node> all) {
        this.all = all;
    }

    /** All of them, as the admin API tells it. */
    List<AdminApi.Node> told() {
        return all.stream()
                .map(
                        node ->
                                new AdminApi.Node(
                                        node.number(),
                                        node.alive() ? "alive" : "gone",
                                        node.label(),
                                        node.version(),
                                        node.prices(),
                                        node.settings(),
                                        node.startedAt().toString(),
                                        node.heartbeat().toString(),
                                        node.skew().toMillis(),
                                        node.held()))
                .toList();
    }

    /** What those that are alive have not the same; empty when there is nothing. */
    Optional<String> differences() {
        List<String> found = new ArrayList<>();
        differing("versions", Node::version).ifPresent(found::add);
        differing("price books", Node::prices).ifPresent(found::add);
        differing("settings", Node::settings).ifPresent(found::add);
        for (Node node : all) {
            if (node.alive() && Math.abs(node.skew().toMillis()) > MOST_MILLIS) {
                found.add(
                        "the clock of node %d is %d ms behind the database's"
                                .formatted(node.number(), node.skew().toMillis()));
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", found));
    }

    private Optional<String> differing(String what, Function<Node, String> of) {
        List<Node> alive = all.stream().filter(Node::alive).toList();
        if (alive.stream().map(of).distinct().count() < 2) {
            return Optional.empty();
        }
        return Optional.of(
                alive.stream()
                        .map(node -> "node " + node.number() + " has " + of.apply(node))
                        .collect(Collectors.joining(", ", "the " + what + " differ: ", "")));
    }
}
