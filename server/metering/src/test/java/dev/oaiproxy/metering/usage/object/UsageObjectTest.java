package dev.oaiproxy.metering.usage.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.SampleFacts;
import dev.oaiproxy.metering.usage.Tap;
import dev.oaiproxy.metering.usage.Taps;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("fast")
class UsageObjectTest {
    /** Short names: p prompt, c completion, t total; pd and cd their details. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "p 9, c 12 | input 9, output 12",
                "p 9, c 0 | input 9",
                "p 2006, c 300, pd{cached 1920} | input 86, cached_input 1920, output 300",
                "p 10, c 1, pd{cached 10} | cached_input 10, output 1",
                "p 10, c 1, pd{cached null, audio null}, cd null | input 10, output 1",
                "p 10, c 8, cd{reasoning 8, accepted 3, rejected 5} | input 10, output 8",
                // A cache write is part of the prompt and reported unadjusted: it is limited to the
                // uncached part.
                "p 10000, c 500, pd{cached 4000, write 5000} |"
                        + " input 1000, cached_input 4000, cache_write 5000, output 500",
                "p 10, c 1, pd{cached 4, write 9} | cached_input 4, cache_write 6, output 1",
                "p 10, c 1, pd{write 99} | cache_write 10, output 1",
                "p 10, c 1, pd{write 6, split{short 4, long 2}} |"
                        + " input 4, cache_write 4, cache_write_12h 2, output 1",
                "p 10, c 1, pd{cached 7, write 6, split{short 4, long 2}} |"
                        + " cached_input 7, cache_write 1, cache_write_12h 2, output 1",
                // Other modalities are subtracted from the text first; more cached tokens than text
                // belong to them.
                "p 94, c 120, pd{text 17, audio 77, image 0}, cd{text 29, audio 91} |"
                        + " input 17, audio_input 77, output 29, audio_output 91",
                "p 100, c 1, pd{audio 30, image 20} |"
                        + " input 50, audio_input 30, image_input 20, output 1",
                "p 100, c 1, pd{image 60, cached 30} |"
                        + " input 10, cached_input 30, image_input 60, output 1",
                "p 100, c 1, pd{image 60, cached 70} |"
                        + " cached_input 40, image_cached_input 30, image_input 30, output 1",
                "p 100, c 1, pd{audio 50, image 20, cached 90} |"
                        + " cached_input 30, image_cached_input 20, audio_cached_input 40,"
                        + " audio_input 10, output 1",
                "p 100, c 1, pd{image 60, cached 10, write 50} |"
                        + " cached_input 10, cache_write 50, image_input 40, output 1",
                // No price depends on the total or on unknown members.
                "p 9, c 12, t 999 | input 9, output 12",
                "p 9, c 12, t null, novel 4, pd{novel 8} | input 9, output 12",
            })
    void partsTheTotalsIntoDisjointUnits(String usage, String units) {
        UsageResult result = chat(usage, false);
        assertThat(result).isInstanceOf(UsageResult.Complete.class);
        assertThat(units(result)).isEqualTo(sorted(units));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "c 12 | prompt_tokens is missing or zero",
                "p null, c 12 | prompt_tokens is missing or zero",
                "p 0, c 0 | prompt_tokens is missing or zero",
                "p 9 | completion_tokens is missing",
                "p -1, c 1 | prompt_tokens is not a count",
                "p 9, c 1.0 | completion_tokens is not a count",
                "p 9, c 1e1 | completion_tokens is not a count",
                "p \"9\", c 1 | prompt_tokens is not a count",
                "p 9, c true | completion_tokens is not a count",
                "p 9, c {} | completion_tokens is not a count",
                "p 9, c [1] | completion_tokens is not a count",
                "p 4294967297, c 1 | prompt_tokens is not a count",
                "p 99999999999999999999, c 1 | prompt_tokens is not a count",
                "p 9, c 1, t -3 | total_tokens is not a count",
                "p 9, c 1, pd 4 | prompt_tokens_details is not an object",
                "p 9, c 1, pd[4] | prompt_tokens_details is not an object",
                "p 9, c 1, pd{cached \"secret\"} |"
                        + " prompt_tokens_details.cached_tokens is not a count",
                "p 9, c 1, pd{cached 10} |"
                        + " prompt_tokens_details.cached_tokens 10 exceed prompt_tokens 9",
                "p 9, c 1, pd{audio 5, image 5} | prompt_tokens_details.audio_tokens +"
                        + " prompt_tokens_details.image_tokens 10 exceed prompt_tokens 9",
                "p 9, c 1, pd{text 4, audio 4} | parts of 8 are not prompt_tokens 9",
                "p 9, c 1, cd{reasoning 2} |"
                        + " completion_tokens_details.reasoning_tokens"
                        + " 2 exceed completion_tokens 1",
                "p 9, c 3, cd{text 2, audio 2} | completion_tokens_details.text_tokens +"
                        + " completion_tokens_details.audio_tokens 4 exceed completion_tokens 3",
                "p 9, c 3, cd{accepted 2, rejected 2} |"
                        + " completion_tokens_details.accepted_prediction_tokens +"
                        + " completion_tokens_details.rejected_prediction_tokens 4"
                        + " exceed completion_tokens 3",
            })
    void saysWhatContradictsWhat(String usage, String why) {
        assertThat(chat(usage, false)).isEqualTo(new UsageResult.Contradictory(why));
    }

    @Test
    void takesWritesAsLongLivedWhenTheRequestMayHaveMadeThemSo() {
        assertThat(units(chat("p 10, c 1, pd{cached 4, write 3}", true)))
                .isEqualTo(sorted("input 3, cached_input 4, cache_write_12h 3, output 1"));
        assertThat(units(chat("p 10, c 1, pd{write 3, split{short 3, long 0}}", true)))
                .isEqualTo(sorted("input 7, cache_write 3, output 1"));
    }

    @Test
    void asksNoOutputOfEmbeddings() {
        assertThat(units(read(Taps.embeddings(), usage("p 8, t 8")))).isEqualTo("input 8");
        assertThat(read(Taps.embeddings(), usage("t 8")))
                .isInstanceOf(UsageResult.Contradictory.class);
    }

    @Test
    void takesAUsageThatIsNoObjectAsAContradiction() {
        for (String value : new String[] {"7", "\"secret\"", "[]", "true"}) {
            assertThat(read(Taps.chat(facts(false)), "{\"usage\":" + value + "}"))
                    .isEqualTo(new UsageResult.Contradictory("usage is not an object"));
        }
    }

    private static UsageResult chat(String usage, boolean longCacheWrite) {
        return read(Taps.chat(facts(longCacheWrite)), usage(usage));
    }

    private static RequestFacts facts(boolean longCacheWrite) {
        return SampleFacts.chat("gpt-6-luna", 100).input(true, longCacheWrite).facts();
    }

    private static UsageResult read(Tap tap, String answer) {
        tap.pass(ByteBuffer.wrap(answer.getBytes(UTF_8)));
        tap.end();
        return tap.reading();
    }

    private static String usage(String shorthand) {
        Map<String, String> names =
                Map.ofEntries(
                        Map.entry("p", "prompt_tokens"),
                        Map.entry("c", "completion_tokens"),
                        Map.entry("t", "total_tokens"),
                        Map.entry("pd", "prompt_tokens_details"),
                        Map.entry("cd", "completion_tokens_details"),
                        Map.entry("cached", "cached_tokens"),
                        Map.entry("text", "text_tokens"),
                        Map.entry("audio", "audio_tokens"),
                        Map.entry("image", "image_tokens"),
                        Map.entry("write", "cache_write_tokens"),
                        Map.entry("split", "cache_write_tokens_details"),
                        Map.entry("short", "ttl_30m_tokens"),
                        Map.entry("long", "ttl_12h_tokens"),
                        Map.entry("reasoning", "reasoning_tokens"),
                        Map.entry("accepted", "accepted_prediction_tokens"),
                        Map.entry("rejected", "rejected_prediction_tokens"),
                        Map.entry("novel", "novel_tokens"));
        String json = "{" + shorthand + "}";
        return "{\"usage\":"
                + Pattern.compile("(?<=[{,] ?)([a-z]+)(?=[ {\\[])")
                        .matcher(json)
                        .replaceAll(found -> "\"" + names.get(found.group()) + "\":")
                + "}";
    }

    private static String units(UsageResult result) {
        return ((UsageResult.Complete) result)
                .usage().quantities().entrySet().stream()
                        .map(entry -> entry.getKey().label() + " " + entry.getValue())
                        .sorted()
                        .collect(Collectors.joining(", "));
    }

    private static String sorted(String units) {
        return Arrays.stream(units.split(", *")).sorted().collect(Collectors.joining(", "));
    }
}
