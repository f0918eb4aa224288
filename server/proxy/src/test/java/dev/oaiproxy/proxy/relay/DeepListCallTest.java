package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A user's objects are found behind any number of other users' objects. */
@Tag("database")
final class DeepListCallTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OTHERS = 30_000;

    @TempDir Path folder;

    /** The objects of an account, newest first, with their purposes. */
    private final Map<String, String> kept = new LinkedHashMap<>();

    private final List<String> asked = new ArrayList<>();
    private boolean stuck;

    private RelayFixture till() {
        return new RelayFixture(folder, new ScriptedOpenAi(this::answer));
    }

    private UpstreamResponse answer(UpstreamRequest request) {
        asked.add(request.pathAndQuery());
        String[] parts = request.pathAndQuery().split("\\?", 2);
        String id = parts[0].substring(parts[0].lastIndexOf('/') + 1);
        int cursor = request.pathAndQuery().indexOf("&after=");
        if (cursor >= 0 && !kept.containsKey(request.pathAndQuery().substring(cursor + 7))) {
            return ScriptedOpenAi.answer(404, ScriptedOpenAi.JSON, "{\"error\":{}}");
        }
        if (parts.length == 2) {
            return ScriptedOpenAi.answer(200, ScriptedOpenAi.JSON, page(parts[1]));
        }
        return kept.containsKey(id)
                ? ScriptedOpenAi.answer(200, ScriptedOpenAi.JSON, element(id))
                : ScriptedOpenAi.answer(404, ScriptedOpenAi.JSON, "{\"error\":{}}");
    }

    private String element(String id) {
        return "{\"id\":\"%s\",\"purpose\":\"%s\"}".formatted(id, kept.get(id));
    }

    private String page(String query) {
        List<String> all = List.copyOf(kept.keySet());
        List<String> ids = query.contains("order=asc") ? all.reversed() : all;
        int after = query.indexOf("after=");
        int from = after < 0 || stuck ? 0 : ids.indexOf(query.substring(after + 6)) + 1;
        int to = Math.min(ids.size(), from + 100);
        return ids.subList(from, to).stream()
                .map(this::element)
                .collect(
                        Collectors.joining(
                                ",", "{\"data\":[", "],\"has_more\":" + (to < ids.size()) + "}"));
    }

    private static final String KINDS =
            """
            /files                 FILE
            /vector_stores         VECTOR_STORE
            /batches               BATCH
            /containers            CONTAINER
            /skills                SKILL
            /fine_tuning/jobs      FINE_TUNING_JOB
            /chat/completions      COMPLETION
            """;

    static Stream<Arguments> listsInBothOrders() {
        return KINDS.lines()
                .map(line -> line.split(" +"))
                .flatMap(
                        words ->
                                Stream.of("order=asc", "order=desc")
                                        .map(
                                                order ->
                                                        Arguments.of(
                                                                words[0],
                                                                ObjectKind.valueOf(words[1]),
                                                                order)));
    }

    /**
     * OpenAI's list has the objects of one moment in the opposite order of ours, with other users'
     * objects between them and across pages.
     */
    @ParameterizedTest
    @MethodSource("listsInBothOrders")
    void whatWasMadeAtOnceIsMetOnceInPartsOfAnySize(String path, ObjectKind kind, String order) {
        int mine = 23;
        for (int i = 0; i < mine; i++) {
            keep(i == 11 ? OTHERS : 33, "other" + i + "_");
            kept.put("mine" + (10 + i), "batch");
        }
        try (RelayFixture relayFixture = till()) {
            Secret ann = relayFixture.keyFor("ann");
            for (int i = 0; i < mine; i++) {
                relayFixture.give(ann, kind, "mine" + (10 + i));
            }
            List<String> at1 = new ArrayList<>();
            for (int limit : new int[] {1, 4, 100}) {
                List<String> met = all(relayFixture, ann, path, order + "&limit=" + limit);
                assertThat(met).hasSize(mine).doesNotHaveDuplicates();
                at1 = at1.isEmpty() ? met : at1;
                assertThat(met).isEqualTo(at1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("listsInBothOrders")
    void whatIsDeletedOnTheWayVanishes(String path, ObjectKind kind, String order) {
        keep(50, "mine");
        keep(OTHERS, "other");
        try (RelayFixture relayFixture = till()) {
            Secret ann = relayFixture.keyFor("ann");
            for (int i = 0; i < 50; i++) {
                relayFixture.give(ann, kind, "mine" + i);
            }
            JsonNode first = list(relayFixture.call(ann, "GET " + path + "?limit=20&" + order, ""));
            List<String> met = new ArrayList<>(ids(first));
            String last = first.path("last_id").asText();
            List<String> rest = new ArrayList<>(kept.keySet());
            rest.removeIf(id -> !id.startsWith("mine") || met.contains(id));
            rest.subList(0, 10).forEach(kept::remove);
            kept.remove(last);
            met.addAll(all(relayFixture, ann, path, order + "&limit=7&after=" + last));
            assertThat(met).hasSize(40).doesNotHaveDuplicates();
            assertThat(met).doesNotContainAnyElementsOf(rest.subList(0, 10));
        }
    }

    private void keep(int count, String prefix) {
        for (int i = count - 1; i >= 0; i--) {
            kept.put(prefix + i, i % 2 == 0 ? "batch" : "evals");
        }
    }

    private static void give(RelayFixture relayFixture, Secret key, int count, String prefix) {
        for (int i = 0; i < count; i++) {
            relayFixture.give(key, ObjectKind.FILE, prefix + i);
        }
    }

    private static JsonNode list(BufferingClient bufferingClient) {
        assertThat(bufferingClient.refusal).isNull();
        try {
            return JSON.readTree(bufferingClient.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> ids(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.path("data").forEach(element -> ids.add(element.path("id").asText()));
        return ids;
    }

    /** All objects after the cursor that a client finds. */
    private static List<String> all(RelayFixture relayFixture, Secret key, String query) {
        return all(relayFixture, key, "/files", query);
    }

    private static List<String> all(
            RelayFixture relayFixture, Secret key, String path, String query) {
        List<String> met = new ArrayList<>();
        String after = "";
        JsonNode page;
        do {
            page = list(relayFixture.call(key, "GET " + path + "?" + query + after, ""));
            met.addAll(ids(page));
            query = query.replaceFirst("&after=.*", "");
            after = "&after=" + page.path("last_id").asText();
        } while (page.path("has_more").asBoolean());
        return met;
    }

    @Test
    void olderObjectsAreFoundBehindThousandsOfOthers() {
        keep(3, "new");
        keep(OTHERS, "other");
        keep(7, "old");
        try (RelayFixture relayFixture = till()) {
            Secret ann = relayFixture.keyFor("ann");
            give(relayFixture, ann, 7, "old");
            give(relayFixture, ann, 3, "new");
            List<String> mine =
                    List.of(
                            "new2", "new1", "new0", "old6", "old5", "old4", "old3", "old2", "old1",
                            "old0");
            assertThat(all(relayFixture, ann, "limit=1000"))
                    .containsExactlyInAnyOrderElementsOf(mine);
            assertThat(asked).hasSizeLessThan(20);
            assertThat(all(relayFixture, ann, "limit=4")).containsExactlyInAnyOrderElementsOf(mine);
        }
    }

    @Test
    void manyOldObjectsComeInParts() {
        keep(OTHERS, "other");
        keep(250, "old");
        try (RelayFixture relayFixture = till()) {
            Secret ann = relayFixture.keyFor("ann");
            give(relayFixture, ann, 250, "old");
            JsonNode first = list(relayFixture.call(ann, "GET /files", ""));
            assertThat(ids(first)).hasSize(100);
            assertThat(first.path("has_more").asBoolean()).isTrue();
            assertThat(all(relayFixture, ann, "limit=10000")).hasSize(250).doesNotHaveDuplicates();
        }
    }

    @Test
    void filtersHoldForThemToo() {
        keep(OTHERS, "other");
        keep(6, "old");
        try (RelayFixture relayFixture = till()) {
            Secret ann = relayFixture.keyFor("ann");
            give(relayFixture, ann, 6, "old");
            assertThat(all(relayFixture, ann, "purpose=evals"))
                    .containsExactlyInAnyOrder("old1", "old3", "old5");
        }
    }

    @Test
    void whatIsGoneIsLeftOut() {
        keep(OTHERS, "other");
        keep(2, "old");
        try (RelayFixture relayFixture = till()) {
            Secret ann = relayFixture.keyFor("ann");
            give(relayFixture, ann, 5, "old");
            assertThat(all(relayFixture, ann, "limit=2")).containsExactlyInAnyOrder("old0", "old1");
        }
    }

    @Test
    void aCursorThatDoesNotMoveEndsTheWalk() {
        keep(OTHERS, "other");
        keep(2, "old");
        stuck = true;
        try (RelayFixture relayFixture = till()) {
            Secret ann = relayFixture.keyFor("ann");
            give(relayFixture, ann, 2, "old");
            assertThat(ids(list(relayFixture.call(ann, "GET /files?limit=10", ""))))
                    .containsExactlyInAnyOrder("old0", "old1");
            assertThat(asked).hasSize(4);
        }
    }

    @Test
    void aPartBeforeACursorIsFoundAsWell() {
        keep(1, "new");
        keep(OTHERS, "other");
        keep(1, "old");
        try (RelayFixture relayFixture = till()) {
            Secret ann = relayFixture.keyFor("ann");
            give(relayFixture, ann, 1, "old");
            give(relayFixture, ann, 1, "new");
            assertThat(ids(list(relayFixture.call(ann, "GET /files?before=old0", ""))))
                    .isSubsetOf("new0");
        }
    }
}
