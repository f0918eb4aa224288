package dev.oaiproxy.app.cluster;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import dev.oaiproxy.ledger.store.node.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares the servers on one database: versions, price books, settings and clocks. */
public final class NodeConsistency {
    private static final long MOST_MILLIS = 1_000;

    private final List<Node> all;
    private final ServerConfig config;
    private final List<Party> parties;

    /** A server that is compared, with its version, price book and settings. */
    private record Party(String name, String version, String prices, String settings) {}

    public NodeConsistency(List<Node> all, ServerConfig config) {
        this(all, config, List.of());
    }

    private NodeConsistency(List<Node> all, ServerConfig config, List<Party> more) {
        this.all = all;
        this.config = config;
        this.parties = new ArrayList<>();
        all.stream().filter(Node::alive).map(NodeConsistency::party).forEach(parties::add);
        parties.addAll(more);
    }

    /**
     * Compares the nodes with the server that would be started here.
     *
     * @param version the version of the program here
     * @param prices the version of the price book here
     */
    public static NodeConsistency withHere(
            List<Node> all, ServerConfig config, String version, String prices) {
        Party here = new Party("here", version, prices, SettingsFingerprint.marks(config));
        return new NodeConsistency(all, config, List.of(here));
    }

    private static Party party(Node node) {
        return new Party("node " + node.number(), node.version(), node.prices(), node.settings());
    }

    /** All nodes, in the form of the admin API. */
    public List<AdminApi.Node> told() {
        return all.stream()
                .map(
                        node ->
                                new AdminApi.Node(
                                        node.number(),
                                        node.alive() ? "alive" : "gone",
                                        node.label(),
                                        node.version(),
                                        node.prices(),
                                        SettingsFingerprint.digest(node.settings()),
                                        node.startedAt().toString(),
                                        node.heartbeat().toString(),
                                        node.skew().toMillis(),
                                        node.held()))
                .toList();
    }

    /** The differences between live nodes; empty when there are none. */
    public Optional<String> differences() {
        List<String> found = new ArrayList<>();
        differing("versions", Party::version).ifPresent(found::add);
        differing("price books", Party::prices).ifPresent(found::add);
        found.addAll(settings());
        for (Node node : all) {
            if (node.alive() && Math.abs(node.skew().toMillis()) > MOST_MILLIS) {
                found.add(
                        "the clock of node %d is %d ms behind the database's"
                                .formatted(node.number(), node.skew().toMillis()));
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", found));
    }

    private Optional<String> differing(String what, Function<Party, String> of) {
        if (parties.stream().map(of).distinct().count() < 2) {
            return Optional.empty();
        }
        return Optional.of(
                parties.stream()
                        .map(party -> party.name() + " has " + of.apply(party))
                        .collect(Collectors.joining(", ", "the " + what + " differ: ", "")));
    }

    private List<String> settings() {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < SettingsFingerprint.SETTINGS.size(); i++) {
            setting(i).ifPresent(found::add);
        }
        parties.stream()
                .filter(party -> SettingsFingerprint.each(party.settings()).isEmpty())
                .map(party -> "the settings of " + party.name() + " are of another version")
                .forEach(found::add);
        return found;
    }

    /**
     * The nodes by their value of one setting; only our own value is known, and shown if it is no
     * secret.
     */
    private Optional<String> setting(int index) {
        Setting setting = SettingsFingerprint.SETTINGS.get(index);
        String ours =
                SettingsFingerprint.each(SettingsFingerprint.marks(config))
                        .orElseThrow()
                        .get(index);
        Map<String, List<String>> names = new LinkedHashMap<>();
        for (Party party : parties) {
            SettingsFingerprint.each(party.settings())
                    .map(marks -> marks.get(index))
                    .filter(mark -> !mark.equals(SettingsFingerprint.UNMARKED))
                    .ifPresent(
                            mark ->
                                    names.computeIfAbsent(mark, _ -> new ArrayList<>())
                                            .add(party.name()));
        }
        if (names.size() < 2) {
            return Optional.empty();
        }
        List<String> groups = new ArrayList<>();
        names.forEach(
                (mark, who) ->
                        groups.add(
                                String.join(", ", who)
                                        + ": "
                                        + (mark.equals(ours) ? shown(setting) : "another value")));
        return Optional.of(
                SettingsFingerprint.name(setting)
                        + " differs ("
                        + String.join(" | ", groups)
                        + ")");
    }

    private String shown(Setting setting) {
        String value = setting == Setting.OPENAI_BASE_URL ? config.openAi() : config.text(setting);
        return setting.isSecret() ? "the one that is set here" : value.isEmpty() ? "none" : value;
    }
}
