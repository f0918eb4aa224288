package dev.oaiproxy.metering.request.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Edits of random, oddly written JSON change only the intended bytes. */
@Tag("fast")
final class JsonEditOddTest {
    private static final int ROUNDS = 2000;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final OddJson odd = new OddJson(random);

    JsonEditOddTest() {
        System.out.println("SpliceOddTest seed " + seed);
    }

    /** Some members, each followed by a comma; may be empty. */
    private String members() {
        String members = odd.members(3, 3);
        return members.isEmpty() ? odd.space() : members + "," + odd.space();
    }

    private String end() {
        return odd.space() + ",\"z\":" + odd.value(2) + odd.space() + "}";
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    @Test
    void ownTextsAreReplacedWhereverTheyStand() {
        for (int i = 0; i < ROUNDS; i++) {
            String first = "{" + members() + "\"saf\\u0065ty\"" + odd.space() + ":" + odd.space();
            String second = odd.space() + "," + members() + "\"safety\":";
            String end = end();
            String edited =
                    text(
                            JsonEdit.withText(
                                    (first + "\"a\\u00fc\\\"b\"" + second + "\"\"" + end)
                                            .getBytes(UTF_8),
                                    "safety",
                                    old -> "u7-" + old));
            assertThat(edited)
                    .as("seed %d", seed)
                    .isEqualTo(first + "\"u7-a\\u00fc\\\"b\"" + second + "\"u7-\"" + end);
        }
    }

    @Test
    void textsThatAreNotThereStayAway() {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] body = ("{" + members() + "\"safety\":7" + end()).getBytes(UTF_8);
            assertThat(JsonEdit.withText(body, "other", old -> "x")).isSameAs(body);
            assertThat(JsonEdit.withText(body, "safety", old -> "x")).isEqualTo(body);
        }
    }

    @Test
    void limitsAreSetInTheMembersThatAreThere() {
        for (int i = 0; i < ROUNDS; i++) {
            String start = "{" + members();
            String old = "\"max_tokens\"" + odd.space() + ":" + odd.space();
            String now = odd.space() + ",\"max_compl\\u0065tion_tokens\" :";
            String end = end();
            assertLimited(start + old + "900" + end, start + old + "44" + end);
            assertLimited(
                    start + old + "null" + now + "1e3" + end,
                    start + old + "44" + now + "44" + end);
            String without = start + "\"a\":1" + end;
            assertLimited(without, "{\"max_completion_tokens\":44," + without.substring(1));
        }
    }

    private void assertLimited(String body, String limited) {
        assertThat(text(JsonEdit.withOutputLimit(body.getBytes(UTF_8), 44)))
                .as("seed %d", seed)
                .isEqualTo(limited);
    }

    @Test
    void membersThatAreKeptKeepTheirBytes() {
        for (int i = 0; i < ROUNDS; i++) {
            String value = odd.value(3);
            String body = "{" + members() + "\"ke\\u0065p\" :" + value + end();
            assertThat(text(JsonEdit.only(body.getBytes(UTF_8), Set.of("keep"))))
                    .as("seed %d", seed)
                    .isEqualTo("{\"keep\":" + value + "}");
        }
    }

    @Test
    void theUsageIsAskedForInsideOptionsThatAreThere() {
        for (int i = 0; i < ROUNDS; i++) {
            String start = "{" + members() + "\"stream_options\":{" + odd.space() + "\"x\":";
            String value = odd.value(2);
            String wanted = odd.space() + ",\"include_usage\" :";
            String end = odd.space() + "}" + end();
            String body = start + value + wanted + "false" + end;
            assertThat(text(JsonEdit.withIncludeUsage(body.getBytes(UTF_8))))
                    .as("seed %d", seed)
                    .isEqualTo(start + value + wanted + "true" + end);
        }
    }
}
