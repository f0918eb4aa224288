package dev.oaiproxy.sandbox.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.MultipartBody;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("server")
final class ImagesHandlerTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    private static String body(String model, String prompt, String more) {
        return "{\"model\":\"%s\",\"prompt\":\"%s\"%s}"
                .formatted(model, prompt, more.isEmpty() ? "" : "," + more);
    }

    private String post(String body) throws Exception {
        return client.send(client.post("/images/generations", body)).body();
    }

    private JsonNode draw(String model, String prompt, String more) throws Exception {
        return SandboxClient.JSON.readTree(post(body(model, prompt, more)));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-image-1, low, 1024x1024, 272",
        "gpt-image-1, medium, 1024x1536, 1584",
        "gpt-image-1.5, high, 1536x1024, 6208",
        "gpt-image-2, medium, 1024x1024, 1320",
        "gpt-image-2.5-flare, max, 2048x2048, 20800",
    })
    void chargesBySizeAndQuality(String model, String quality, String size, int tokens)
            throws Exception {
        String more = "\"quality\":\"%s\",\"size\":\"%s\",\"n\":2".formatted(quality, size);
        JsonNode answer = draw(model, "A red dot", more);

        JsonNode usage = answer.path("usage");
        assertThat(answer.path("data")).hasSize(2);
        assertThat(usage.path("input_tokens").asInt()).isEqualTo(3);
        assertThat(usage.path("input_tokens_details").path("text_tokens").asInt()).isEqualTo(3);
        assertThat(usage.path("output_tokens").asInt()).isEqualTo(2 * tokens);
        assertThat(usage.path("total_tokens").asInt()).isEqualTo(3 + 2 * tokens);
        SandboxBill.BillEntry entry = client.bill().entries().getFirst();
        assertThat(entry.operation()).isEqualTo("images/generations");
        assertThat(entry.tokens().prompt()).isEqualTo(3);
        assertThat(entry.extras())
                .containsExactly(new ExtraUsage(model, "image_output", 2L * tokens));
    }

    @Test
    void drawsRealImages() throws Exception {
        byte[] png =
                Base64.getDecoder()
                        .decode(
                                draw("gpt-image-1", "A dot", "")
                                        .path("data")
                                        .path(0)
                                        .path("b64_json")
                                        .asText());
        assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isEqualTo(1);
    }

    @Test
    void streamsUnfinishedImagesThatCostExtra() throws Exception {
        String events =
                post(body("gpt-image-1", "A dot", "\"stream\":true,\"partial_images\":2,\"n\":2"));

        assertThat(events.lines().filter(line -> line.startsWith("event: ")))
                .containsExactly(
                        "event: image_generation.partial_image",
                        "event: image_generation.partial_image",
                        "event: image_generation.completed",
                        "event: image_generation.partial_image",
                        "event: image_generation.partial_image",
                        "event: image_generation.completed");
        assertThat(events).contains("\"output_tokens\":4360").contains("\"input_tokens\":0");
        SandboxBill.BillEntry entry = client.bill().entries().getFirst();
        assertThat(entry.stream()).isTrue();
        assertThat(entry.extras()).extracting(ExtraUsage::quantity).containsExactly(2 * 4360L);
    }

    @Test
    void chargesASecondModelForSvg() throws Exception {
        JsonNode svg = draw("gpt-image-2.5-flare", "A dot [[svg=300]]", "").path("svg_usage");

        assertThat(svg.path("output_tokens").asInt()).isEqualTo(300);
        String model = svg.path("model").asText();
        assertThat(client.bill().entries().getFirst().extras())
                .contains(
                        new ExtraUsage(model, "input", 200), new ExtraUsage(model, "output", 300));
    }

    @Test
    void editsTheFilesOfAForm() throws Exception {
        MultipartBody form =
                new MultipartBody()
                        .field("model", "gpt-image-1")
                        .field("prompt", "Make it blue")
                        .field("input_fidelity", "high")
                        .field("quality", "low")
                        .file("image[]", "a.png", new byte[] {1})
                        .file("image[]", "b.png", new byte[] {2})
                        .file("mask", "c.png", new byte[] {3});
        JsonNode answer =
                SandboxClient.JSON.readTree(client.send(form.to(client, "/images/edits")).body());

        long images = 2 * (194 + 4160);
        assertThat(answer.path("usage").path("input_tokens_details").path("image_tokens").asLong())
                .isEqualTo(images);
        assertThat(client.bill().entries().getFirst().extras())
                .containsExactly(
                        new ExtraUsage("gpt-image-1", "image_input", images),
                        new ExtraUsage("gpt-image-1", "image_output", 272));
    }

    @Test
    void editsTheImagesOfAJsonBody() throws Exception {
        String body =
                body("gpt-image-1.5", "Blue", "\"images\":[{\"file_id\":\"file-1\"}],\"n\":1");
        JsonNode answer =
                SandboxClient.JSON.readTree(client.send(client.post("/images/edits", body)).body());
        assertThat(answer.path("usage").path("input_tokens_details").path("image_tokens").asInt())
                .isEqualTo(194);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "dall-e-3 | - | - | model_not_found",
                "gpt-4o | - | model | -",
                "gpt-image-1 | \"n\":11 | n | -",
                "gpt-image-1 | \"size\":\"big\" | size | -",
                "gpt-image-1 | \"quality\":\"hd\" | quality | -",
                "gpt-image-1 | \"partial_images\":4 | partial_images | -",
                "gpt-image-1 | \"response_format\":\"url\" | response_format | unknown_parameter",
            })
    void refusesWhatOpenAiRefuses(String model, String more, String param, String code)
            throws Exception {
        JsonNode error = draw(model, "A dot", more == null ? "" : more).path("error");
        assertThat(error.path("param").asText(null)).isEqualTo(param);
        assertThat(error.path("code").asText(null)).isEqualTo(code);
        assertThat(client.send(client.post("/images/variations", "")).statusCode()).isEqualTo(404);
        assertThat(client.bill().entries())
                .extracting(SandboxBill.BillEntry::ending)
                .containsExactly(CallEnd.REFUSED, CallEnd.REFUSED);
    }

    @Test
    void failsAsTold() throws Exception {
        assertThat(draw("gpt-image-1", "[[fault=429]]", "").path("error").path("code").asText())
                .isEqualTo("rate_limit_exceeded");
        assertThatThrownBy(() -> draw("gpt-image-1", "[[fault=cut]]", ""))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> draw("gpt-image-1", "[[fault=cut]]", "\"stream\":true"))
                .isInstanceOf(IOException.class);
        assertThat(draw("gpt-image-1", "[[fault=no-usage]]", "").has("usage")).isFalse();
        assertThat(draw("gpt-image-1", "[[fault=negative-usage]]", "").toString())
                .contains("\"output_tokens\":-4160");
        assertThat(client.bill().entries())
                .extracting(SandboxBill.BillEntry::ending)
                .containsExactly(
                        CallEnd.REFUSED,
                        CallEnd.BROKEN,
                        CallEnd.BROKEN,
                        CallEnd.COMPLETE,
                        CallEnd.COMPLETE);
    }
}
