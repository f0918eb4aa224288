package dev.oaiproxy.metering.price.book;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.price.InputBound;
import dev.oaiproxy.metering.request.facts.RequestFacts.Input;
import dev.oaiproxy.metering.request.picture.Picture;
import dev.oaiproxy.metering.request.picture.Picture.Detail;
import dev.oaiproxy.metering.request.picture.Pictures;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Image tokens by OpenAI's guide "Images and vision", in its editions of 2026-07 and 2026-09. */
@Tag("fast")
class ImageInputTest {
    private static final PriceBook SHIPPED = PriceBook.load(SampleBooks.SHIPPED);
    private static final int ROUNDS = 200_000;

    /** The guide's figures for a model and a detail. */
    private record Rule(
            String models, Detail detail, double side, double budget, double multiplier) {
        static Rule of(String models, Detail detail, int side, double budget, double multiplier) {
            return new Rule(models, detail, side, budget, multiplier);
        }
    }

    private static final double NONE = Double.MAX_VALUE;
    private static final String NEW = "gpt-5.6-sol gpt-5.6-terra gpt-5.6-luna gpt-6-astra";
    private static final String MINIS = "gpt-5-mini gpt-5.4-mini gpt-4.1-mini";
    private static final String NANOS = "gpt-5-nano gpt-5.4-nano gpt-4.1-nano";
    private static final String UNLISTED =
            "gpt-6.2-astra gpt-6.2-sol gpt-6.1-sol gpt-6.1-terra gpt-6-luna";

    private static final List<Rule> PATCHES =
            List.of(
                    Rule.of(NEW, Detail.LOW, 512, NONE, 1.2),
                    Rule.of(NEW, Detail.HIGH, 65_535, 2_500, 1.2),
                    Rule.of(NEW, Detail.ORIGINAL, 65_535, NONE, 1.2),
                    Rule.of(NEW, Detail.AUTO, 65_535, NONE, 1.2),
                    Rule.of(UNLISTED, Detail.LOW, 512, NONE, 1.2),
                    Rule.of(UNLISTED, Detail.HIGH, 65_535, 2_500, 2.46),
                    Rule.of(UNLISTED, Detail.AUTO, 65_535, NONE, 2.46),
                    Rule.of("gpt-5.5", Detail.LOW, 512, NONE, 1.2),
                    Rule.of("gpt-5.5", Detail.HIGH, 2_048, 2_500, 1.2),
                    Rule.of("gpt-5.5", Detail.ORIGINAL, 6_000, 10_000, 1.2),
                    Rule.of("gpt-5.5", Detail.AUTO, 6_000, 10_000, 1.2),
                    Rule.of("gpt-5.4", Detail.LOW, 2_048, 6_144, 1.2),
                    Rule.of("gpt-5.4", Detail.HIGH, 2_048, 2_500, 1.2),
                    Rule.of("gpt-5.4", Detail.AUTO, 2_048, 2_500, 1.2),
                    Rule.of("gpt-5.4 gpt-5.4-mini", Detail.ORIGINAL, 6_000, 10_000, 1.2),
                    Rule.of("gpt-5.2 gpt-4.1-mini", Detail.AUTO, 2_048, 6_144, 1.2),
                    Rule.of("gpt-5.2", Detail.HIGH, 2_048, 1_536, 1.2),
                    Rule.of(MINIS, Detail.HIGH, 2_048, 1_536, 1.62),
                    Rule.of(MINIS, Detail.AUTO, 2_048, 1_536, 1.62),
                    Rule.of(NANOS, Detail.HIGH, 2_048, 1_536, 2.46),
                    Rule.of("gpt-5.4-mini gpt-5.4-nano", Detail.LOW, 2_048, 6_144, 1.2),
                    Rule.of("o4-mini", Detail.AUTO, 2_048, 1_536, 1.72));

    private static final Map<String, long[]> TILES =
            Map.of(
                    "gpt-4o", new long[] {85, 170},
                    "gpt-4.1", new long[] {85, 170},
                    "gpt-4o-mini", new long[] {2_833, 5_667},
                    "o3", new long[] {75, 150},
                    "gpt-5.1", new long[] {70, 140});

    /** The guide's examples; the bound may be one token higher. */
    @ParameterizedTest
    @CsvSource({
        "gpt-5.4, HIGH, 1024, 1024, 1229",
        "gpt-5.4, HIGH, 2048, 2048, 3000",
        "gpt-6-astra, HIGH, 1024, 1024, 1229",
        "gpt-6-astra, HIGH, 4096, 512, 2458",
        "gpt-6-astra, ORIGINAL, 6000, 6000, 42413",
        "gpt-6-astra, ORIGINAL, 0, 0, 36000",
        "gpt-5.5, AUTO, 0, 0, 12000",
        "gpt-5.5, LOW, 9000, 9000, 308",
    })
    void boundsPatches(String model, Detail detail, int width, int height, long tokens) {
        assertThat(bound(model, width, height, detail)).isEqualTo(tokens + 1);
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, HIGH, 1024, 1024, 765",
        "gpt-4o, AUTO, 2048, 4096, 1105",
        "gpt-4o, LOW, 4096, 8192, 85",
        "gpt-4o, HIGH, 512, 512, 255",
        "gpt-4o, HIGH, 1920, 1080, 1105",
        "gpt-4o, UNKNOWN, 0, 0, 1445",
        "gpt-4o, LOW, 0, 0, 85",
        "gpt-4o-mini, HIGH, 0, 0, 48169",
    })
    void boundsTiles(String model, Detail detail, int width, int height, long tokens) {
        assertThat(bound(model, width, height, detail)).isEqualTo(tokens);
    }

    @Test
    void knowsTheFormulaOfTheGuide() {
        assertThat(patches(1_800, 2_400, 65_535, 1_536)).isEqualTo(1_452);
        assertThat(patches(1_024, 1_024, 2_048, 1_536)).isEqualTo(1_024);
    }

    @Test
    void isNeverBelowTheFormulaOfTheGuide() {
        long seed = System.nanoTime();
        System.out.println("ImageInputTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            int width = side(random);
            int height = side(random);
            Rule rule = PATCHES.get(random.nextInt(PATCHES.size()));
            long squares = patches(width, height, rule.side(), rule.budget());
            for (String model : rule.models().split(" ", -1)) {
                assertThat(bound(model, width, height, rule.detail()))
                        .as("seed %d: %s %s %d x %d", seed, model, rule, width, height)
                        .isGreaterThanOrEqualTo((long) Math.ceil(squares * rule.multiplier()));
            }
            TILES.forEach(
                    (model, costs) ->
                            assertThat(bound(model, width, height, Detail.HIGH))
                                    .as("seed %d: %s %d x %d", seed, model, width, height)
                                    .isGreaterThanOrEqualTo(
                                            costs[0] + costs[1] * tiles(width, height)));
        }
    }

    @Test
    void givesAPictureOfUnknownDetailTheMostOfAny() {
        for (String model : List.of("gpt-5.4", "gpt-6-astra", "gpt-4o", "gpt-5.2")) {
            for (Detail detail : Detail.values()) {
                assertThat(bound(model, 5_000, 4_000, Detail.UNKNOWN))
                        .isGreaterThanOrEqualTo(bound(model, 5_000, 4_000, detail));
                assertThat(bound(model, 0, 0, Detail.UNKNOWN))
                        .isGreaterThanOrEqualTo(bound(model, 0, 0, detail));
            }
        }
    }

    @Test
    void hasNoBoundWhereTheBookSaysNothing() {
        Pictures one = new Pictures(Map.of(new Picture(8, 8, Detail.LOW), 1), 900, 0);
        Input input = new Input(1_000, true, true, false, false, one);
        assertThat(InputBound.of(price("gpt-5.4"), input)).isEqualTo(new InputBound(103, true));
        // No bound for a model without figures, or for a request with many inputs.
        for (String model : List.of("gpt-3.5-turbo", "text-embedding-3-small")) {
            assertThat(InputBound.of(price(model), input)).isEqualTo(new InputBound(1_000, false));
        }
    }

    @Test
    void sumsEqualPictures() {
        Pictures many =
                new Pictures(
                        Map.of(
                                new Picture(1_024, 1_024, Detail.HIGH), 3,
                                new Picture(0, 0, Detail.HIGH), 2),
                        5_000,
                        0);
        assertThat(
                        InputBound.of(
                                price("gpt-5.4"), new Input(5_100, true, true, false, false, many)))
                .isEqualTo(new InputBound(100 + 3 * 1_230 + 2 * 3_001, true));
    }

    private static long patches(double width, double height, double side, double budget) {
        double fit = Math.min(1, side / Math.max(width, height));
        double w = Math.max(1, Math.round(width * fit));
        double h = Math.max(1, Math.round(height * fit));
        if (Math.ceil(w / 32) * Math.ceil(h / 32) > budget) {
            double f = Math.sqrt(32 * 32 * budget / (w * h));
            double down =
                    f
                            * Math.min(
                                    Math.floor(w * f / 32) / (w * f / 32),
                                    Math.floor(h * f / 32) / (h * f / 32));
            w = Math.floor(w * down);
            h = Math.floor(h * down);
        }
        return (long) (Math.ceil(w / 32) * Math.ceil(h / 32));
    }

    private static long tiles(double width, double height) {
        double fit = Math.min(1, 2_048 / Math.max(width, height));
        double w = width * fit;
        double h = height * fit;
        double shrink = Math.min(1, 768 / Math.min(w, h));
        return (long) (Math.ceil(floor(w * shrink) / 512) * Math.ceil(floor(h * shrink) / 512));
    }

    /** Subtracts only the rounding error of a division. */
    private static double floor(double length) {
        return Math.max(1, Math.floor(length + 1e-6));
    }

    private static int side(Random random) {
        int most = random.nextBoolean() ? 4_096 : random.nextBoolean() ? 65_535 : 64;
        return random.nextInt(4) == 0 ? 32 * (1 + most / 64) : 1 + random.nextInt(most);
    }

    private static long bound(String model, int width, int height, Detail detail) {
        ImageInput images = Objects.requireNonNull(price(model).limits().images(), model);
        return images.most(new Picture(width, height, detail)).orElseThrow();
    }

    private static ModelPrice price(String model) {
        return SHIPPED.find(model, SampleBooks.NOW).orElseThrow();
    }
}
