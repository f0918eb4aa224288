package dev.oaiproxy.e2e.recorded;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Makes random usages: first the units, then the usage object that OpenAI would send for them. So
 * the expected charge is known before anything is parsed.
 */
final class RandomUsage {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A usage object of OpenAI and the units that it stands for. */
    record Spent(ObjectNode usage, Map<String, Long> units) {}

    private final Random random;
    private final Map<String, Long> units = new TreeMap<>();
    private final ObjectNode usage = JSON.createObjectNode();

    RandomUsage(Random random) {
        this.random = random;
    }

    private Spent spent() {
        return new Spent(usage, units);
    }

    /** A usage of text input and output, with cache reads and writes. */
    static Spent text(Random random, long step, boolean chat) {
        RandomUsage made = new RandomUsage(random);
        String in = chat ? "prompt_tokens" : "input_tokens";
        String out = chat ? "completion_tokens" : "output_tokens";
        long input = made.input(step);
        long cached = made.upTo(input);
        long written = made.upTo(input - cached);
        boolean split = random.nextBoolean();
        long twelve = split ? made.upTo(written) : 0;
        long pictures = cached + written == 0 ? made.upTo(input - 1) : 0;
        made.put("cached_input", cached);
        made.put("cache_write_12h", twelve);
        made.put("cache_write", written - twelve);
        made.put("image_input", pictures);
        made.put("input", input - cached - written - pictures);
        ObjectNode inside = made.usage.put(in, input).putObject(in + "_details");
        inside.put("cached_tokens", cached).put("cache_write_tokens", written);
        inside.put("image_tokens", pictures);
        if (split) {
            inside.putObject("cache_write_tokens_details")
                    .put("ttl_30m_tokens", written - twelve)
                    .put("ttl_12h_tokens", twelve);
        }
        long output = made.upTo(100_000);
        made.put("output", output);
        made.usage.put(out, output).put("total_tokens", input + output);
        made.usage.putObject(out + "_details").put("reasoning_tokens", made.upTo(output));
        return made.spent();
    }

    /** A usage of text, audio and images, each with a cached part. */
    static Spent mixed(Random random, boolean sound, boolean pictures, boolean chat) {
        RandomUsage made = new RandomUsage(random);
        String in = chat ? "prompt_tokens" : "input_tokens";
        String out = chat ? "completion_tokens" : "output_tokens";
        String details = chat ? "_details" : "";
        ObjectNode inside = JSON.createObjectNode();
        ObjectNode cached = JSON.createObjectNode();
        long input = made.part("text", "", 1 + made.upTo(50_000), inside, cached);
        input += made.part("audio", "audio_", sound ? made.upTo(50_000) : 0, inside, cached);
        input += made.part("image", "image_", pictures ? made.upTo(9_000) : 0, inside, cached);
        long kept = 0;
        for (var part : cached.properties()) {
            kept += part.getValue().asLong();
        }
        inside.put("cached_tokens", kept).set("cached_tokens_details", cached);
        long text = made.upTo(9_000);
        long spoken = sound ? made.upTo(9_000) : 0;
        made.put("output", text);
        made.put("audio_output", spoken);
        made.usage
                .put(in, input)
                .put(out, text + spoken)
                .put("total_tokens", input + text + spoken);
        made.usage.set(chat ? in + details : "input_token_details", inside);
        made.usage
                .putObject(chat ? out + details : "output_token_details")
                .put("text_tokens", text)
                .put("audio_tokens", spoken);
        return made.spent();
    }

    /** Input tokens of one modality, with their cached part. */
    private long part(
            String name, String unit, long tokens, ObjectNode inside, ObjectNode cachedInside) {
        long cached = upTo(tokens);
        inside.put(name + "_tokens", tokens);
        cachedInside.put(name + "_tokens", cached);
        put(unit + "cached_input", cached);
        put(unit + "input", tokens - cached);
        return tokens;
    }

    /** A usage of image generation. */
    static Spent drawn(Random random) {
        RandomUsage made = new RandomUsage(random);
        ObjectNode inside = JSON.createObjectNode();
        ObjectNode cached = JSON.createObjectNode();
        long input = made.part("text", "", 1 + made.upTo(5_000), inside, cached);
        input += made.part("image", "image_", made.upTo(20_000), inside, cached);
        long kept = cached.path("text_tokens").asLong() + cached.path("image_tokens").asLong();
        inside.put("cached_tokens", kept).set("cached_tokens_details", cached);
        long text = made.upTo(500);
        long drawn = made.upTo(60_000);
        made.put("output", text);
        made.put("image_output", drawn);
        made.usage.put("input_tokens", input).put("output_tokens", text + drawn);
        made.usage.put("total_tokens", input + text + drawn).set("input_tokens_details", inside);
        made.usage
                .putObject("output_tokens_details")
                .put("text_tokens", text)
                .put("image_tokens", drawn);
        return made.spent();
    }

    /** A usage of embeddings or decisions: text input at one rate. */
    static Spent read(Random random, boolean embeddings) {
        RandomUsage made = new RandomUsage(random);
        long input = made.input(0);
        made.put("input", input);
        if (embeddings) {
            made.usage.put("prompt_tokens", input).put("total_tokens", input);
        } else {
            long output = made.upTo(100);
            made.usage.put("input_tokens", input).put("output_tokens", output);
            made.usage.put("total_tokens", input + output);
            made.usage.putObject("input_tokens_details").put("cached_tokens", made.upTo(input));
        }
        return made.spent();
    }

    /** A usage of speech synthesis. */
    static Spent spoken(Random random) {
        RandomUsage made = new RandomUsage(random);
        long input = made.input(0);
        long output = made.upTo(50_000);
        made.put("input", input);
        made.put("audio_output", output);
        made.usage.put("input_tokens", input).put("output_tokens", output);
        made.usage.put("total_tokens", input + output);
        return made.spent();
    }

    /** A usage of a transcription that is billed by tokens. */
    static Spent heard(Random random) {
        RandomUsage made = new RandomUsage(random);
        long text = made.upTo(500);
        long sound = 1 + made.upTo(100_000);
        long output = made.upTo(20_000);
        made.put("input", text);
        made.put("audio_input", sound);
        made.put("output", output);
        made.usage.put("type", "tokens").put("input_tokens", text + sound);
        made.usage.put("output_tokens", output).put("total_tokens", text + sound + output);
        made.usage
                .putObject("input_token_details")
                .put("text_tokens", text)
                .put("audio_tokens", sound);
        return made.spent();
    }

    /** A usage of a transcription that is billed by time; a started second counts in full. */
    static Spent timed(Random random) {
        RandomUsage made = new RandomUsage(random);
        long tenths = 1 + made.upTo(90_000);
        made.put("seconds", (tenths + 9) / 10);
        made.usage.put("type", "duration");
        made.usage.put("seconds", tenths / 10.0);
        return made.spent();
    }

    /** A number of input tokens near the step, if there is one; at least 1. */
    private long input(long step) {
        if (step > 0 && random.nextBoolean()) {
            return step + random.nextInt(3) - 1;
        }
        return switch (random.nextInt(4)) {
            case 0 -> 1;
            case 1 -> 1 + random.nextInt(1_000);
            case 2 -> 1 + random.nextInt(100_000);
            default -> 1 + random.nextInt(900_000);
        };
    }

    /** A random part of a maximum; often 0 and often all of it. */
    private long upTo(long most) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> most;
            default -> random.nextLong(most + 1);
        };
    }

    private void put(String unit, long count) {
        units.put(unit, count);
    }
}
