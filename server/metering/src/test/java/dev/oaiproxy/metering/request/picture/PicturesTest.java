package dev.oaiproxy.metering.request.picture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.request.RequestScanner;
import dev.oaiproxy.metering.request.ScanResult;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.RequestFacts.Input;
import dev.oaiproxy.metering.request.picture.Picture.Detail;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Finds the images of requests, and ignores lookalikes. JSON is written with single quotes. */
@Tag("fast")
class PicturesTest {
    private static final String PNG = SamplePictures.url(SamplePictures.png(640, 480));
    private static final int INSIDE = PNG.length();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'url':'PNG'} | AUTO",
                "{'url':'PNG','detail':null} | AUTO",
                "{'url':'PNG','detail':'auto'} | AUTO",
                "{'url':'PNG','detail':'low'} | LOW",
                "{'detail':'high','url':'PNG'} | HIGH",
                "{'url':'PNG','detail':'original'} | ORIGINAL",
                "{'url':'PNG','detail':'LOW'} | UNKNOWN",
                "{'url':'PNG','detail':'low','detail':'high'} | UNKNOWN",
            })
    void readsThePicturesOfAChat(String picture, Detail detail) {
        for (String part :
                new String[] {
                    "{'type':'image_url','image_url':" + picture + "}",
                    "{'image_url':" + picture + ",'type':'image_url'}"
                }) {
            assertOne(chat("[{'type':'text','text':'x'}," + part + "]"), of(640, 480, detail));
        }
    }

    /** OpenAI may ignore a detail in the wrong place. */
    @Test
    void takesNoDetailBesideThePictureOfAChat() {
        for (String inner : new String[] {"", ",'detail':'low'", ",'detail':null"}) {
            assertOne(
                    chat(
                            "[{'type':'image_url','detail':'low','image_url':{'url':'PNG'"
                                    + inner
                                    + "}}]"),
                    of(640, 480, Detail.UNKNOWN));
        }
    }

    @Test
    void readsThePicturesOfAResponse() {
        String part = "{'type':'input_image','image_url':'PNG','detail':'high'}";
        Picture picture = of(640, 480, Detail.HIGH);
        assertOne(response("{'role':'user','content':[" + part + "]}"), picture);
        assertOne(response("{'type':'message','role':'user','content':[" + part + "]}"), picture);
        for (String kind : new String[] {"function_call_output", "custom_tool_call_output"}) {
            assertOne(
                    response("{'output':[" + part + "],'type':'" + kind + "','call_id':'c'}"),
                    picture);
        }
    }

    @Test
    void readsScreenshots() {
        String shot = "{'type':'computer_screenshot','image_url':'PNG'}";
        assertOne(
                response("{'type':'computer_call_output','call_id':'c','output':" + shot + "}"),
                of(640, 480, Detail.UNKNOWN));
        String exact = "{'type':'computer_screenshot','image_url':'PNG','detail':'original'}";
        assertOne(
                response("{'type':'computer_call_output','call_id':'c','output':" + exact + "}"),
                of(640, 480, Detail.ORIGINAL));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'image_url':'https://example.com/a.png' | false",
                "'image_url':'HTTPS://example.com/a.png' | false",
                "'image_url':'data:image/svg+xml;base64,PHN2Zz4=' | true",
                "'image_url':'data:image/png;base64,AAAA' | true",
                "'image_url':'data:image/png;base64,' | true",
                "'image_url':'' | true",
                "'file_id':'file-1' | true",
                "'image_url':null,'file_id':'file-1' | true",
            })
    void knowsNoSizeOfOtherPictures(String members, boolean countable) {
        Input input =
                response("{'role':'user','content':[{'type':'input_image'," + members + "}]}");
        assertThat(input.bounded()).isTrue();
        assertThat(input.countable()).isEqualTo(countable);
        assertThat(input.pictures().counts()).isEqualTo(Map.of(of(0, 0, Detail.AUTO), 1));
        assertThat(input.pictures().areMeasured()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'input_image'}",
                "{'type':'input_image','image_url':null}",
                "{'type':'input_image','image_url':7}",
                "{'type':'input_image','image_url':['PNG']}",
                "{'type':'input_image','image_url':{'url':{'url':'PNG'}}}",
                "{'type':'input_image','image_url':{'url':'PNG','more':1}}",
                "{'type':'input_image','image_url':'PNG','image_url':'PNG'}",
                "{'type':'input_image','image_url':'PNG','file_id':'f'}",
                "{'type':'input_image','image_url':{'url':'PNG','url':'PNG'}}",
                "{'type':'input_image','type':'text','image_url':'PNG'}",
                "{'type':'input_image','detail':7,'image_url':'PNG'}",
                "{'type':'input_image','image_url':{'url':'PNG'}}",
                "{'type':'image_url','image_url':'PNG'}",
                "{'type':'image_url','file_id':'f'}",
                "{'type':'input_text','text':'x','image_url':'PNG'}",
                "{'type':'input_file','image_url':'PNG'}",
                "{'type':'input_file','file_id':'f'}",
                "{'image_url':'PNG'}",
                "{'type':'input_image','image_url':'data:application/pdf;base64,AAAA'}",
                "{'type':'input_image','image_url':'Data:image/png;base64,AAAA'}",
                "{'type':'input_image','image_url':'\\u0064ata:image/png;base64,AAAA'}",
                "{'type':'input_image','image_url':'d\\u0061ta:application/pdf;base64,AA'}",
                "{'type':'input_image','image_url':'PNG','file_data':'AAAA'}",
            })
    void boundsNothingThatIsOdd(String part) {
        assertThat(response("{'role':'user','content':[" + part + "]}").bounded()).isFalse();
    }

    /** OpenAI treats members with the caller's own names as text, whatever their form. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'local_shell_call','action':{'env':PART}}",
                "{'type':'local_shell_call','action':{'content':[PART]}}",
                "{'type':'local_shell_call','content':[PART]}",
                "{'type':'reasoning','encrypted_content':'x','content':[PART]}",
                "{'type':'shell_call_output','output':[PART]}",
                "{'type':'mcp_call','output':PART}",
                "{'type':'function_call_output','output':[[PART]]}",
                "{'type':'function_call_output','output':{'output':[PART]}}",
                "{'type':'message','type':'function_call','content':[PART]}",
                "{'type':'computer_call_output','output':'x'}",
                "{'type':'computer_call_output','acknowledged_safety_checks':[]}",
                "{'role':'user','content':PART}",
                "{'role':'user','content':[[PART]]}",
                "PART",
            })
    void boundsNoPictureInAnotherPlace(String item) {
        String part = "{'type':'input_image','image_url':'PNG'}";
        assertThat(response(item.replace("PART", part)).bounded()).isFalse();
    }

    @Test
    void takesNoPictureOutOfArgumentsAndSchemas() {
        Input input = response("{'type':'function_call','arguments':'PNG','name':'x'}");
        assertThat(input.bounded()).isTrue();
        assertThat(input.pictures()).isEqualTo(Pictures.NONE);
    }

    @Test
    void countsEqualPicturesTogetherAndGivesUpTheSizesOfVeryMany() {
        StringBuilder parts = new StringBuilder();
        for (int i = 0; i < 1_500; i++) {
            String url = SamplePictures.url(SamplePictures.png(1 + i % 1_000, 7));
            parts.append(i == 0 ? "" : ",")
                    .append("{'type':'image_url','image_url':{'url':'")
                    .append(url)
                    .append("'}}");
        }
        Input input = chat("[" + parts + "]");
        assertThat(input.bounded()).isTrue();
        Map<Picture, Integer> counts = input.pictures().counts();
        assertThat(counts).hasSize(257).containsEntry(of(1, 7, Detail.AUTO), 2);
        assertThat(counts.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(1_500);
        assertThat(input.pictures().areMeasured()).isFalse();
        String one = "{'type':'image_url','image_url':{'url':'PNG'}}";
        assertThat(chat("[" + parts + "," + one + "]").bounded()).isFalse();
    }

    private static void assertOne(Input input, Picture picture) {
        assertThat(input.bounded()).isTrue();
        assertThat(input.countable()).isTrue();
        assertThat(input.pictures()).isEqualTo(new Pictures(Map.of(picture, 1), INSIDE, 0));
    }

    private static Picture of(int width, int height, Detail detail) {
        return new Picture(width, height, detail);
    }

    private static Input chat(String content) {
        return input(Meter.CHAT, "'messages':[{'role':'user','content':" + content + "}]");
    }

    private static Input response(String item) {
        return input(Meter.RESPONSE, "'input':[" + item + "]");
    }

    private static Input input(Meter meter, String members) {
        String body = ("{'model':'m'," + members + "}").replace('\'', '"').replace("PNG", PNG);
        return switch (RequestScanner.scanJson(meter, body.getBytes(UTF_8))) {
            case ScanResult.Facts(RequestFacts facts) -> facts.input();
            case ScanResult.Malformed bad -> throw new AssertionError(bad.message());
        };
    }
}
