package dev.oaiproxy.app.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.app.boot.Version;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import dev.oaiproxy.ledger.store.node.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings that differ between servers are reported without secret values. */
@Tag("fast")
final class NodeConsistencyTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir Path home;

    private ServerConfig config(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.put("OAIPROXY_HOME", home.toString());
        all.putIfAbsent("PROXY_SERVER_PASS", "shared");
        return ServerConfig.load(home, all, Map.of());
    }

    private static Node node(int number, String marks) {
        return new Node(
                number,
                "host:" + number,
                Version.TEXT,
                marks,
                "t.1",
                NOON,
                NOON,
                Duration.ZERO,
                0,
                true);
    }

    private Node node(int number, Map<String, String> settings) {
        return node(number, SettingsFingerprint.marks(config(settings)));
    }

    private Optional<String> differences(Map<String, String> ours, Node... nodes) {
        return new NodeConsistency(List.of(nodes), config(ours)).differences();
    }

    @Test
    void theSameSettingsDoNotDiffer() {
        Map<String, String> settings = Map.of("OAIPROXY_QUOTA_WAIT", "20s");
        assertThat(differences(settings, node(0, settings), node(1, settings))).isEmpty();
    }

    @Test
    void namesTheSettingThatDiffersAndItsValueHere() {
        Map<String, String> ours = Map.of("OAIPROXY_QUOTA_WAIT", "20s");
        assertThat(differences(ours, node(0, ours), node(1, Map.of()), node(2, ours)))
                .hasValue("quota.wait differs (node 0, node 2: 20s | node 1: another value)");
    }

    @Test
    void neverShowsASecret() {
        Map<String, String> ours = Map.of("OPENAI_API_KEY", "sk-ours");
        assertThat(differences(ours, node(0, ours), node(1, Map.of("OPENAI_API_KEY", "sk-theirs"))))
                .hasValue(
                        "openai.api-key or admin.password differs (node 0: the one that is set"
                                + " here | node 1: another value)");
    }

    @Test
    void noGuessAtASecretCanBeTriedWithoutThePassword() {
        Map<String, String> ours = Map.of("OPENAI_API_KEY", "sk-ours");
        Map<String, String> bare = Map.of("OPENAI_API_KEY", "sk-ours", "PROXY_SERVER_PASS", "");
        assertThat(SettingsFingerprint.marks(config(bare))).contains(SettingsFingerprint.UNMARKED);
        assertThat(SettingsFingerprint.marks(config(bare)))
                .isNotEqualTo(SettingsFingerprint.marks(config(ours)));
        assertThat(differences(ours, node(0, ours), node(1, bare))).isEmpty();
    }

    @Test
    void ofAnAddressOnlyTheHostIsShown() {
        Map<String, String> ours = Map.of("OPENAI_BASE_URL", "http://localhost:1/secret/v1");
        assertThat(differences(ours, node(0, ours), node(1, Map.of())))
                .hasValue(
                        "openai.base-url differs (node 0: http://localhost:1 | node 1: another"
                                + " value)");
    }

    @Test
    void comparesWithWhatWouldBeStartedHere() {
        Node running = node(0, Map.of("OAIPROXY_TOOL_CALLS", "7"));
        assertThat(
                        NodeConsistency.withHere(
                                        List.of(running), config(Map.of()), Version.TEXT, "t.2")
                                .differences())
                .hasValueSatisfying(
                        told ->
                                assertThat(told)
                                        .contains(
                                                "price books differ: node 0 has t.1, here has t.2")
                                        .contains(
                                                "quota.tool-calls differs (node 0: another value |"
                                                        + " here: 4)"));
    }

    @Test
    void saysOfAnotherVersionThatItCannotCompare() {
        assertThat(differences(Map.of(), node(0, Map.of()), node(1, "0123456789ab")))
                .hasValue("the settings of node 1 are of another version");
    }

    @Test
    void marksFitTheirColumn() {
        assertThat(SettingsFingerprint.marks(config(Map.of()))).hasSizeLessThanOrEqualTo(64);
    }

    @Test
    void everyDifferenceIsFoundByItself() {
        assertThat(SettingsFingerprint.SETTINGS)
                .allSatisfy(
                        setting ->
                                assertThat(
                                                differences(
                                                        Map.of(),
                                                        node(0, Map.of()),
                                                        node(1, other(setting))))
                                        .hasValueSatisfying(
                                                told ->
                                                        assertThat(told)
                                                                .startsWith(
                                                                        SettingsFingerprint.name(
                                                                                        setting)
                                                                                + " differs")));
    }

    private static Map<String, String> other(Setting setting) {
        String value =
                switch (setting) {
                    case OPENAI_BASE_URL -> "http://localhost:1/v1";
                    case TIME_ZONE -> "Europe/Berlin";
                    default -> "99s";
                };
        return Map.of(setting.variable(), value);
    }
}
