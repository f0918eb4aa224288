package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists contain only the user's own objects, with correct pages. */
@Tag("database")
final class ListCallTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    /** Ids of a list of objects; every third is the user's. */
    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "vs_" + i).toList();
    }

    /** The ids in the order of their records, however fast they are recorded. */
    private static List<String> newestFirst(int count) {
        return IntStream.range(0, count).mapToObj(i -> "vs_" + (9999 - i)).toList();
    }

    /** Records the objects in the order of their creation, oldest first. */
    private static void give(RelayFixture relayFixture, Secret owner, List<String> ids) {
        ids.reversed().forEach(id -> relayFixture.give(owner, ObjectKind.VECTOR_STORE, id));
    }

    private static List<String> own(List<String> ids) {
        return IntStream.range(0, ids.size()).filter(i -> i % 3 == 0).mapToObj(ids::get).toList();
    }

    private RelayFixture till(ListingOpenAi shelf) {
        return new RelayFixture(folder, shelf.played());
    }

    private static JsonNode list(BufferingClient bufferingClient) {
        assertThat(bufferingClient.refusal).isNull();
        assertThat(bufferingClient.whole).isTrue();
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

    @Test
    void showsTheUsersOwnByteForByte() {
        ListingOpenAi shelf = new ListingOpenAi(ids(3));
        try (RelayFixture relayFixture = till(shelf)) {
            Secret ann = relayFixture.keyFor("ann");
            relayFixture.give(ann, ObjectKind.VECTOR_STORE, "vs_1");
            BufferingClient bufferingClient = relayFixture.call(ann, "GET /vector_stores", "");
            assertThat(bufferingClient.text())
                    .isEqualTo(
                            "{\"object\":\"list\",\"data\":["
                                    + ListingOpenAi.element("vs_1")
                                    + "],\"first_id\":\"vs_1\",\"last_id\":\"vs_1\","
                                    + "\"has_more\":false}");
            assertThat(bufferingClient.headers.first("content-length")).isEmpty();
            assertThat(bufferingClient.headers.first("x-request-id")).hasValue("req_1");
        }
    }

    @Test
    void walkingThePagesMeetsEachOfTheUsersOwnOnce() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> ids = newestFirst(250 + random.nextInt(100));
        ListingOpenAi shelf = new ListingOpenAi(ids);
        try (RelayFixture relayFixture = till(shelf)) {
            Secret ann = relayFixture.keyFor("ann");
            Secret eve = relayFixture.keyFor("eve");
            ids.forEach(id -> relayFixture.give(eve, ObjectKind.FILE, "not-" + id));
            give(relayFixture, ann, own(ids));
            int limit = 1 + random.nextInt(40);
            List<String> met = new ArrayList<>();
            String after = "";
            boolean more = true;
            while (more) {
                JsonNode page =
                        list(
                                relayFixture.call(
                                        ann, "GET /vector_stores?limit=" + limit + after, ""));
                met.addAll(ids(page));
                more = page.path("has_more").asBoolean();
                assertThat(ids(page)).as("seed %d", seed).hasSize(more ? limit : ids(page).size());
                after = "&after=" + page.path("last_id").asText();
            }
            assertThat(met).as("seed %d", seed).isEqualTo(own(ids));
        }
    }

    @Test
    void endsBeforeACursor() {
        List<String> ids = newestFirst(30);
        ListingOpenAi shelf = new ListingOpenAi(ids);
        try (RelayFixture relayFixture = till(shelf)) {
            Secret ann = relayFixture.keyFor("ann");
            give(relayFixture, ann, own(ids));
            JsonNode page =
                    list(relayFixture.call(ann, "GET /vector_stores?before=vs_9987&limit=3", ""));
            assertThat(ids(page)).containsExactly("vs_9996", "vs_9993", "vs_9990");
            assertThat(page.path("has_more").asBoolean()).isTrue();
            JsonNode rest =
                    list(relayFixture.call(ann, "GET /vector_stores?before=vs_9996&limit=3", ""));
            assertThat(ids(rest)).containsExactly("vs_9999");
            assertThat(rest.path("has_more").asBoolean()).isFalse();
        }
    }

    @Test
    void passesOrderAndFiltersOn() {
        ListingOpenAi shelf = new ListingOpenAi(ids(3));
        try (RelayFixture relayFixture = till(shelf)) {
            Secret ann = relayFixture.keyFor("ann");
            relayFixture.give(ann, ObjectKind.FILE, "vs_2");
            relayFixture.call(ann, "GET /files?purpose=batch&order=asc&limit=1", "");
            assertThat(shelf.asked())
                    .containsExactly("GET /files?purpose=batch&order=asc&limit=100");
        }
    }

    @Test
    void asksOpenAiNothingForAUserWhoHasNothing() {
        ListingOpenAi shelf = new ListingOpenAi(ids(3));
        try (RelayFixture relayFixture = till(shelf)) {
            BufferingClient bufferingClient =
                    relayFixture.call(relayFixture.keyFor("ann"), "GET /batches", "");
            assertThat(bufferingClient.text())
                    .isEqualTo(
                            "{\"object\":\"list\",\"data\":[],\"first_id\":null,"
                                    + "\"last_id\":null,\"has_more\":false}");
            assertThat(shelf.asked()).isEmpty();
        }
    }

    @Test
    void stopsOnceAllThatTheUserHasIsFound() {
        ListingOpenAi shelf = new ListingOpenAi(ids(1000));
        try (RelayFixture relayFixture = till(shelf)) {
            Secret ann = relayFixture.keyFor("ann");
            relayFixture.give(ann, ObjectKind.FILE, "vs_150");
            assertThat(ids(list(relayFixture.call(ann, "GET /files", ""))))
                    .containsExactly("vs_150");
            assertThat(shelf.asked()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"after=vs_1", "before=vs_1", "%61fter=vs_1", "limit=5&after=vs%5F1"})
    void aCursorOfAnothersIsNotFound(String query) {
        ListingOpenAi shelf = new ListingOpenAi(ids(3));
        try (RelayFixture relayFixture = till(shelf)) {
            Secret ann = relayFixture.keyFor("ann");
            relayFixture.give(ann, ObjectKind.FILE, "vs_0");
            relayFixture.give(relayFixture.keyFor("eve"), ObjectKind.FILE, "vs_1");
            BufferingClient bufferingClient = relayFixture.call(ann, "GET /files?" + query, "");
            assertThat(bufferingClient.refusal)
                    .isInstanceOfSatisfying(
                            Refusal.NoSuchObject.class,
                            none ->
                                    assertThat(none.reference())
                                            .extracting(ObjectReference::id)
                                            .isEqualTo("vs_1"));
            assertThat(shelf.asked()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"limit=0", "limit=x", "limit=-1", "limit=", "after=a&after=b", "limit=%zz"})
    void aQueryThatCannotBeReadIsRefused(String query) {
        try (RelayFixture relayFixture = till(new ListingOpenAi(ids(3)))) {
            Secret ann = relayFixture.keyFor("ann");
            relayFixture.give(ann, ObjectKind.FILE, "vs_0");
            assertThat(relayFixture.call(ann, "GET /files?" + query, "").refusal)
                    .isInstanceOf(Refusal.Malformed.class);
        }
    }

    @Test
    void showsTheModelsThatCallsTake() {
        ListingOpenAi shelf =
                new ListingOpenAi(
                        List.of(
                                "gpt-4o",
                                "gpt-99",
                                "dall-e-3",
                                "whisper-1",
                                "sora-2",
                                "gpt-image-2"));
        try (RelayFixture relayFixture = till(shelf)) {
            BufferingClient bufferingClient =
                    relayFixture.call(relayFixture.keyFor("ann"), "GET /models", "");
            assertThat(ids(list(bufferingClient)))
                    .containsExactly("gpt-4o", "whisper-1", "gpt-image-2");
            for (String unsold : List.of("gpt-99", "dall-e-3", "sora-2")) {
                assertThat(
                                relayFixture.call(
                                                relayFixture.keyFor("ann"),
                                                "GET /models/" + unsold,
                                                "")
                                        .refusal)
                        .as(unsold)
                        .isInstanceOf(Refusal.NoSuchObject.class);
            }
        }
    }

    @Test
    void showsTheModelsThatTheKeyMayUse() {
        ListingOpenAi shelf = new ListingOpenAi(List.of("gpt-4o", "gpt-4o-mini", "o3"));
        try (RelayFixture relayFixture = till(shelf)) {
            Secret ann = relayFixture.keyFor("ann", "gpt-4o*");
            BufferingClient bufferingClient = relayFixture.call(ann, "GET /models", "");
            assertThat(ids(list(bufferingClient))).containsExactly("gpt-4o", "gpt-4o-mini");
            assertThat(relayFixture.call(ann, "GET /models/o3", "").refusal)
                    .isInstanceOf(Refusal.NoSuchObject.class);
            assertThat(relayFixture.call(ann, "GET /models/gpt-4o", "").refusal).isNull();
        }
    }
}
