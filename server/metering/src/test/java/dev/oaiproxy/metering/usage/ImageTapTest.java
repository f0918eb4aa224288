package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.CutResponses.CutResult;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class ImageTapTest {
    private static final Lease LEASE = new ByteBudget(Long.MAX_VALUE).lease();

    private static final String GENERATED =
            "{\"input_tokens\":50,\"input_tokens_details\":{\"text_tokens\":50,\"image_tokens\":0},"
                    + "\"output_tokens\":1056,\"total_tokens\":1106}";
    private static final Map<Unit, Long> GENERATED_UNITS =
            Map.of(Unit.INPUT, 50L, Unit.IMAGE_OUTPUT, 1056L);

    private static String json(String usage) {
        return "{\"created\":1795000000,\"background\":\"opaque\",\"data\":[{\"b64_json\":"
                + "\"iVBORw0KGgo=\",\"usage\":{\"input_tokens\":1}}],\"output_format\":\"png\","
                + "\"usage\":"
                + usage
                + "}";
    }

    private static String completed(String operation, String image, String usage) {
        String type = operation + ".completed";
        return "event: "
                + type
                + "\ndata: {\"type\":\""
                + type
                + "\",\"created_at\":1795000000,\"b64_json\":\""
                + image
                + "\",\"size\":\"1024x1024\",\"usage\":"
                + usage
                + "}\n\n";
    }

    private static String partial(String image) {
        return "event: image_generation.partial_image\n"
                + "data: {\"type\":\"image_generation.partial_image\",\"b64_json\":\""
                + image
                + "\",\"partial_image_index\":0}\n\n";
    }

    private static UsageResult complete(Map<Unit, Long> units) {
        return new UsageResult.Complete(new Usage(null, null, units));
    }

    @Test
    void readsImagesHoweverTheyAreCut() {
        assertThat(CutResponses.everywhere(Taps::image, json(GENERATED)))
                .isEqualTo(new CutResult(json(GENERATED), complete(GENERATED_UNITS)));
    }

    @Test
    void partsBothSidesByModality() {
        String edited =
                "{\"input_tokens\":373,\"input_tokens_details\":"
                        + "{\"text_tokens\":50,\"image_tokens\":323},\"output_tokens\":1100,"
                        + "\"output_tokens_details\":{\"text_tokens\":44,\"image_tokens\":1056},"
                        + "\"total_tokens\":1473}";
        assertThat(read(Taps.image(), json(edited)))
                .isEqualTo(
                        complete(
                                Map.of(
                                        Unit.INPUT, 50L,
                                        Unit.IMAGE_INPUT, 323L,
                                        Unit.OUTPUT, 44L,
                                        Unit.IMAGE_OUTPUT, 1056L)));
    }

    @Test
    void takesTokensForPicturesWhereTheDetailsAreLeftOut() {
        assertThat(read(Taps.image(), json("{\"input_tokens\":50,\"output_tokens\":272}")))
                .isEqualTo(complete(Map.of(Unit.IMAGE_INPUT, 50L, Unit.IMAGE_OUTPUT, 272L)));
    }

    @Test
    void namesTheModelBesideThatDrewAsSvg() {
        String svg =
                "{\"model\":\"gpt-6-sol\",\"input_tokens\":1200,\"output_tokens\":900,"
                        + "\"reasoning_tokens\":300,\"total_tokens\":2100}";
        Usage beside = new Usage("gpt-6-sol", null, Map.of(Unit.INPUT, 1200L, Unit.OUTPUT, 900L));
        assertThat(read(Taps.image(), json(GENERATED + ",\"svg_usage\":" + svg)))
                .isEqualTo(
                        new UsageResult.Complete(
                                new Usage(null, null, GENERATED_UNITS), List.of(beside)));
        String nameless = svg.replace("\"model\":\"gpt-6-sol\",", "");
        assertThat(read(Taps.image(), json(GENERATED + ",\"svg_usage\":" + nameless)))
                .isEqualTo(new UsageResult.Contradictory("svg_usage names no model"));
        assertThat(read(Taps.image(), json(GENERATED + ",\"svg_usage\":null")))
                .isEqualTo(complete(GENERATED_UNITS));
    }

    @Test
    void missesAndDoubtsAUsage() {
        assertThat(read(Taps.image(), json("null"))).isEqualTo(new UsageResult.Missing());
        String answer = json(GENERATED);
        assertThat(read(Taps.image(), answer.substring(0, answer.length() - 1)))
                .isEqualTo(new UsageResult.Missing());
        assertThat(
                        read(
                                Taps.image(),
                                json(
                                        GENERATED.replace(
                                                "\"image_tokens\":0", "\"image_tokens\":1"))))
                .isEqualTo(
                        new UsageResult.Contradictory(
                                "input_tokens_details.text_tokens"
                                        + " + input_tokens_details.image_tokens"
                                        + " 51 exceed input_tokens 50"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void readsAStreamHoweverItIsCut(String lineEnd) {
        String answer =
                (partial("aW1hZ2U=") + completed("image_generation", "aW1hZ2U=", GENERATED))
                        .replace("\n", lineEnd);
        assertThat(CutResponses.everywhere(() -> Taps.imageStream(LEASE), answer))
                .isEqualTo(new CutResult(answer, complete(GENERATED_UNITS)));
    }

    @Test
    void addsUpSeveralImagesWhenTheStreamIsClosed() {
        String first = completed("image_edit", "aQ==", GENERATED);
        String second = completed("image_edit", "aQ==", GENERATED.replace("1056", "1000"));
        Tap tap = Taps.imageStream(LEASE);
        tap.pass(ByteBuffer.wrap((first + second).getBytes(UTF_8)));
        assertThat(tap.isFinal()).isFalse();
        assertThat(tap.reading()).isEqualTo(new UsageResult.Missing());
        tap.end();
        assertThat(tap.isFinal()).isTrue();
        assertThat(tap.reading())
                .isEqualTo(complete(Map.of(Unit.INPUT, 100L, Unit.IMAGE_OUTPUT, 2056L)));
        String none = completed("image_edit", "aQ==", "null");
        assertThat(read(Taps.imageStream(LEASE), first + none))
                .isEqualTo(new UsageResult.Missing());
        assertThat(read(Taps.imageStream(LEASE), none + first))
                .isEqualTo(new UsageResult.Missing());
    }

    @Test
    void noticesAnErrorInTheStream() {
        String error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"code\":\"x\"}}\n\n";
        assertThat(
                        CutResponses.everywhere(
                                        () -> Taps.imageStream(LEASE), partial("aQ==") + error)
                                .result())
                .isEqualTo(new UsageResult.Missing(true));
        assertThat(read(Taps.imageStream(LEASE), partial("aQ==")))
                .isEqualTo(new UsageResult.Missing());
    }

    @Test
    void keepsLittleOfImagesOfManyMegabytes() {
        String image = "iVBORw0K".repeat(2_600_000);
        String stream = partial(image) + completed("image_generation", image, GENERATED);
        CutResult outcome =
                CutResponses.through(Taps.imageStream(LEASE), stream.getBytes(UTF_8), 16_384);
        assertThat(outcome.result()).isEqualTo(complete(GENERATED_UNITS));
        assertThat(outcome.output().equals(stream)).isTrue();
        String json = json(GENERATED).replace("iVBORw0KGgo=", image);
        assertThat(read(Taps.image(), json)).isEqualTo(complete(GENERATED_UNITS));
    }

    @Test
    void readsALongEventOfSeveralLinesAfterAMark() {
        String image = "iVBORw0K".repeat(20_000);
        String event = completed("image_generation", image, GENERATED);
        for (String lineEnd : new String[] {"\n", "\r\n", "\r"}) {
            String stream =
                    ("\ufeff"
                                    + event.replace(
                                            ",\"size\"", "\ndata:,\n: \"usage\":1\ndata:\"size\""))
                            .replace("\n", lineEnd);
            for (int size : new int[] {1, 7, 100_000}) {
                assertThat(
                                CutResponses.through(
                                        Taps.imageStream(LEASE), stream.getBytes(UTF_8), size))
                        .isEqualTo(new CutResult(stream, complete(GENERATED_UNITS)));
            }
        }
    }

    private static UsageResult read(Tap tap, String answer) {
        return CutResponses.through(tap, answer.getBytes(UTF_8), 8191).result();
    }
}
