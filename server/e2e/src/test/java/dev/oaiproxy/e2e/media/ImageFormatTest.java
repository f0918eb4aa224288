package dev.oaiproxy.e2e.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.relay.FormBuilder;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Animations cost as many pictures as they have frames, and an SVG a second model. */
@Tag("server")
class ImageFormatTest {
    private static final String DRAWN = "/images/generations";
    private static final byte[] PIXEL = {1, 2, 3};

    /** The most that one picture of gpt-image-2.6 can cost: 56,320 tokens at 30. */
    private static final Usd PICTURE = Usd.parse("1.6896");

    private static ProxyFixture proxyFixture;

    @BeforeAll
    static void start(@TempDir Path home) {
        proxyFixture = ProxyFixture.in(home);
    }

    @AfterAll
    static void stop() {
        proxyFixture.close();
    }

    private static String draw(String more) {
        return "{\"model\":\"gpt-image-2.6-flare\",\"prompt\":\"A dot\"%s}"
                .formatted(more.replace('\'', '"'));
    }

    private static String tool(String more) {
        String tool = "{'type':'image_generation','model':'gpt-image-2.6-flare'" + more + "}";
        String body =
                "{'model':'gpt-5.6-luna','input':'A dot','max_tool_calls':1,'tools':["
                        + tool
                        + "]}";
        return body.replace('\'', '"');
    }

    private static Usd held(CallDetail call) {
        Usd held = Usd.parse(call.call().heldUsd());
        assertThat(Usd.parse(call.call().costUsd())).isLessThanOrEqualTo(held);
        return held;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "9 | ,'output_format':'gif','quality':'max'",
                "16 | ,'output_format':'gif','frame_count':16,'quality':'max','size':'1024x1536'",
                "32 | ,'output_format':'gif','frame_count':16,'n':2",
                "2 | ,'output_format':'gif','frame_count':2",
                "1 | ,'output_format':'png'"
            })
    void holdsEachFrameOfAnAnimation(int pictures, String more) {
        CallDetail call = proxyFixture.charged(DRAWN, draw(more));
        long nanos = PICTURE.nanos() * pictures;
        assertThat(held(call)).isBetween(Usd.ofNanos(nanos), Usd.ofNanos(nanos + 2_000_000));
    }

    @Test
    void holdsEachFrameOfAnEditedAnimation() {
        FormBuilder edit =
                new FormBuilder()
                        .field("prompt", "A dot")
                        .field("model", "gpt-image-2.6-flare")
                        .field("output_format", "gif")
                        .field("frame_count", "16")
                        .field("quality", "max")
                        .file("image", "a.png", PIXEL);
        assertThat(held(proxyFixture.charged(proxyFixture.form("/images/edits", edit))))
                .isGreaterThanOrEqualTo(Usd.ofNanos(16 * PICTURE.nanos()));
    }

    @Test
    void holdsAWholeRunOfTheModelThatWritesAnSvg() {
        String svg = ",'output_format':'svg','svg':{'model':'gpt-5.6-terra'},'quality':'max'";
        String body = draw(svg).replace("A dot", "A dot [[svg=128000]]");
        CallDetail call = proxyFixture.charged(DRAWN, body);
        assertThat(call.lines())
                .anySatisfy(line -> assertThat(line.quantity()).isEqualTo(128_000))
                .hasSizeGreaterThan(3);
        // 922,000 tokens written to the cache at 5, and 128,000 at 18.
        assertThat(held(call)).isGreaterThanOrEqualTo(PICTURE.plus(Usd.parse("6.914")));
    }

    @Test
    void holdsItInAFormToo() {
        FormBuilder edit =
                new FormBuilder()
                        .field("prompt", "A dot [[svg=128000]]")
                        .field("model", "gpt-image-2.6-flare")
                        .field("output_format", "svg")
                        .field("svg[model]", "gpt-6-luna")
                        .file("image", "a.png", PIXEL);
        assertThat(held(proxyFixture.charged(proxyFixture.form("/images/edits", edit))))
                .isGreaterThan(PICTURE.plus(Usd.parse("0.3")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"stream\":true"})
    void holdsAndChargesBothInTheImageTool(String more) {
        String gif = tool(",'output_format':'gif','frame_count':16,'quality':'high'");
        CallDetail animated = proxyFixture.charged("/responses", with(gif, more));
        Usd plain = held(proxyFixture.charged("/responses", with(tool(""), more)));
        // 15 frames more, at the price book's number of tokens for a picture of the tool.
        assertThat(held(animated).minus(plain)).isGreaterThanOrEqualTo(Usd.parse("6.336"));

        String svg = tool(",'output_format':'svg','svg':{'model':'gpt-6-luna'}");
        CallDetail written = proxyFixture.charged("/responses", with(svg, more));
        assertThat(held(written)).isGreaterThan(plain);
        assertThat(written.lines())
                .anySatisfy(
                        line -> {
                            assertThat(line.quantity()).isEqualTo(900);
                            assertThat(line.rateUsd()).isEqualTo("0.5");
                        });
    }

    private static String with(String body, String more) {
        return body.substring(0, body.length() - 1) + more + "}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",'output_format':'svg'",
                ",'output_format':'SVG','svg':{}",
                ",'output_format':'svg','svg':null",
                ",'output_format':'svg','svg':{'reasoning':{'effort':'low'}}"
            })
    void refusesAnSvgOfAnUnknownHand(String more) {
        assertRefused(proxyFixture.json(DRAWN, draw(more)), 400, "svg.model");
        assertRefused(proxyFixture.json("/responses", tool(more)), 400, "svg.model");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",'svg':{'model':'gpt-6-luna','model':'gpt-6-astra'}",
                ",'svg':'gpt-6-luna'",
                ",'frame_count':0",
                ",'frame_count':'9'",
                ",'frame_count':2,'frame_count':16",
                ",'output_format':'gif','output_format':'png'"
            })
    void refusesWhatMayMeanTwoThings(String more) {
        assertThat(proxyFixture.json(DRAWN, draw(more)).statusCode()).isEqualTo(400);
        assertThat(proxyFixture.json("/responses", tool(more)).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-99", "gpt-image-2", "text-embedding-3-small"})
    void refusesAWriterWithoutAPrice(String model) {
        String svg = ",'output_format':'svg','svg':{'model':'" + model + "'}";
        assertRefused(proxyFixture.json(DRAWN, draw(svg)), 404, model);
        assertRefused(proxyFixture.json("/responses", tool(svg)), 404, model);
    }

    private static void assertRefused(HttpResponse<byte[]> answer, int status, String text) {
        assertThat(answer.statusCode()).as(ProxyFixture.text(answer)).isEqualTo(status);
        assertThat(ProxyFixture.text(answer)).contains(text);
    }
}
