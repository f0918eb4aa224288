package dev.oaiproxy.e2e.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Http;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Line;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.request.picture.SamplePictures;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A response that uses everything its request allows costs no more than the hold: every byte of the
 * body is a token that is written to the cache, every choice has the maximal length, and the tier
 * is the requested one. Hosted tools are the exception; see {@code ToolHoldsTest}.
 */
@Tag("server")
@Timeout(240)
final class LimitsTest {
    private static final String CHATS = "/chat/completions";
    private static final String INSIDE = "\"body\":";
    private static final String LIMIT = "max_completion_tokens";
    private static final String PICTURE =
            SamplePictures.url(SamplePictures.file("png", 1024, 1024));

    @TempDir private static Path home;

    private static RecordedOpenAi openAi;
    private static ServerFixture site;

    /**
     * A request and OpenAI's most expensive response to it.
     *
     * @param sent the request body after its media type, as in {@link MessageBody}
     */
    record Limit(String path, MessageBody sent, MessageBody answered) {
        @Override
        public String toString() {
            String text = String.join(" ", sent.lines());
            return path + " " + text.substring(0, Math.min(180, text.length()));
        }
    }

    @BeforeAll
    static void start() {
        openAi = new RecordedOpenAi();
        site = ServerFixture.in(home, Map.of("OPENAI_BASE_URL", openAi.baseUrl().toString()));
    }

    @AfterAll
    static void stop() {
        site.close();
        openAi.close();
    }

    @ParameterizedTest
    @MethodSource("limits")
    void costsNoMoreThanIsHeld(Limit limit) {
        Line line = new Line("POST", limit.path, "");
        Http step = new Http(line, limit.sent, limit.sent, limit.answered, limit.answered);
        assertBounded(new RecordedExchange("limit", List.of(step), List.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o", "gpt-5.5", "gpt-6.1-terra"})
    void aBatchCostsNoMoreThanIsHeld(String model) {
        RecordedExchange recorded =
                RecordedExchange.all().stream()
                        .filter(one -> one.name().equals("batch"))
                        .findFirst()
                        .orElseThrow();
        UnaryOperator<String> names =
                text -> text.replaceAll("gpt-4o(-2024-08-06)?", model).replace("max_tokens", LIMIT);
        // The whole body of each line is input, and each response has the maximal length.
        String line = recorded.requests().getFirst().sent().lines().getLast();
        String body = names.apply(line.substring(line.indexOf(INSIDE) + INSIDE.length()));
        ObjectNode usage = usage("prompt_tokens", body.length() - 1, "completion_tokens", 100);
        Consumer<ObjectNode> answered =
                object -> {
                    if (object.path("usage").has("prompt_tokens")) {
                        object.set("usage", usage);
                    }
                };
        assertBounded(new Alteration(names, _ -> {}, answered).of(recorded));
    }

    private static void assertBounded(RecordedExchange recordedExchange) {
        openAi.play(recordedExchange);
        ExchangeClient bob = new ExchangeClient(site, site.operator().createKey("bob", "100000"));
        for (Http step : recordedExchange.requests()) {
            HttpResponse<byte[]> answer = bob.ask(step);
            assertThat(answer.statusCode()).as(MessageBody.text(answer.body())).isEqualTo(200);
        }
        Call call = bob.ended().getFirst();

        assertThat(call.state()).as("%s", call).isEqualTo("charged");
        assertThat(call.reason()).as("%s", call).isNull();
        assertThat(Usd.parse(call.costUsd()))
                .isGreaterThan(Usd.ZERO)
                .isLessThanOrEqualTo(Usd.parse(call.heldUsd()));
    }

    static List<Limit> limits() {
        List<Limit> all = new ArrayList<>();
        chats(all);
        pictures(all);
        responses(all);
        texts(all);
        images(all);
        sounds(all);
        assertThat(all).hasSizeGreaterThanOrEqualTo(60);
        return all;
    }

    private static void chats(List<Limit> all) {
        String[] models = {
            "gpt-6.2-astra", "gpt-6.1-terra", "gpt-5.5", "gpt-5.4-mini", "gpt-4o", "gpt-4.1"
        };
        for (String model : models) {
            all.add(chat(model, "'max_completion_tokens':100"));
            all.add(chat(model, "'max_completion_tokens':77,'n':3"));
            all.add(chat(model, "'max_completion_tokens':90,'service_tier':'priority'"));
        }
        all.add(chat("o3", "'max_completion_tokens':5000,'reasoning_effort':'high'"));
        all.add(chat("o4-mini", "'max_completion_tokens':500,'service_tier':'flex'"));
        all.add(chat("gpt-5.5", "'max_completion_tokens':500,'service_tier':'flex'"));
        all.add(chat("gpt-6.2-sol", "'max_completion_tokens':500,'service_tier':'ultrafast'"));
        all.add(chat("gpt-4o-search-preview", "'max_tokens':100"));
        all.add(
                chat(
                        "gpt-6.1-terra",
                        "'max_completion_tokens':9,'prompt_cache_options':{'ttl':'12h'}"));
        String far = "'max_completion_tokens':1000,'user':'" + "x".repeat(280_000) + "'";
        all.add(chat("gpt-5.5", far));
        all.add(chat("gpt-6.2-astra", far + ",'service_tier':'priority'"));
        all.add(chat("gpt-6.2-sol", far + ",'service_tier':'ultrafast','n':2"));
    }

    private static Limit chat(String model, String more) {
        String body =
                "{'model':'%s',%s,'messages':[{'role':'user','content':'hello you'}]}"
                        .formatted(model, more);
        return chat(json(body), json(body).length());
    }

    /** A chat with this number of input tokens. */
    private static Limit chat(String body, long input) {
        JsonNode asked = HttpTestClient.json(body);
        long each = asked.path("max_completion_tokens").asLong(asked.path("max_tokens").asLong());
        ObjectNode usage =
                usage(
                        "prompt_tokens",
                        input,
                        "completion_tokens",
                        each * asked.path("n").asLong(1));
        return new Limit(
                CHATS, new MessageBody("application/json", List.of(body)), with(asked, usage));
    }

    private static void pictures(List<Limit> all) {
        // By OpenAI's tables: a base for low detail, and beyond that 4 tiles of 1024 x 1024.
        all.add(picture("gpt-4o", "low", 85));
        all.add(picture("gpt-4o", "high", 765));
        all.add(picture("gpt-4.1", "low", 85));
        all.add(picture("gpt-4.1", "high", 765));
        all.add(picture("gpt-4o-mini", "low", 2833));
        all.add(picture("gpt-4o-mini", "high", 25501));
        all.add(picture("o1", "low", 75));
        all.add(picture("o1", "high", 675));
        // 32 x 32 patches, and 1.62 times as many tokens.
        all.add(picture("gpt-5.4-mini", "high", 1659));
    }

    private static Limit picture(String model, String detail, long tokens) {
        String body =
                json(
                        "{'model':'%s','max_completion_tokens':50,'messages':[{'role':'user',"
                                + "'content':[{'type':'image_url','image_url':{'url':'%s',"
                                + "'detail':'%s'}}]}]}");
        String whole = body.formatted(model, PICTURE, detail);
        return chat(whole, whole.length() - PICTURE.length() + tokens);
    }

    private static void responses(List<Limit> all) {
        String[] models = {"gpt-6.2-sol", "gpt-6-luna", "gpt-5.6-sol", "gpt-5.5", "gpt-4o"};
        for (String model : models) {
            all.add(response(model, "'max_output_tokens':100"));
            all.add(response(model, "'max_output_tokens':900,'service_tier':'priority'"));
        }
        all.add(response("gpt-6.2-sol", "'max_output_tokens':16,'service_tier':'ultrafast'"));
        all.add(response("gpt-5.6-sol", "'max_output_tokens':16,'service_tier':'flex'"));
        all.add(response("gpt-6.1-sol", "'max_output_tokens':128000"));
        String far = "'max_output_tokens':1000,'instructions':'" + "x".repeat(280_000) + "'";
        all.add(response("gpt-6.1-terra", far));
        // A compacted conversation may be as long as the maximal output of the model.
        String whole = json("{'model':'gpt-5.5','input':'hello you'}");
        ObjectNode usage = usage("input_tokens", whole.length(), "output_tokens", 128_000);
        all.add(limit("/responses/compact", whole, with(HttpTestClient.json(whole), usage)));
        all.add(response("gpt-6-astra", far + ",'service_tier':'priority'"));
    }

    private static Limit response(String model, String more) {
        String body = json("{'model':'%s','input':'hello you',%s}".formatted(model, more));
        JsonNode asked = HttpTestClient.json(body);
        long output = asked.path("max_output_tokens").asLong();
        ObjectNode usage = usage("input_tokens", body.length(), "output_tokens", output);
        return limit("/responses", body, with(asked, usage));
    }

    private static void texts(List<Limit> all) {
        String text = json("{'model':'text-embedding-3-large','input':['hello','you']}");
        all.add(limit("/embeddings", text, embedded(text.length())));
        String tokens = json("{'model':'text-embedding-3-small','input':[[1,2,3],[4]]}");
        all.add(limit("/embeddings", tokens, embedded(4)));
        all.add(completion("'max_tokens':50", 50));
        all.add(completion("'max_tokens':50,'n':2,'best_of':4", 200));
        String asked =
                json(
                        "{'model':'gpt-6-luna','input':'Is it so?','questions':[{'type':'choice',"
                                + "'name':'a','choices':[{'value':'yes'},{'value':'no'}]}]}");
        ObjectNode decided = usage("input_tokens", asked.length(), "output_tokens", 2);
        all.add(limit("/decisions", asked, with(HttpTestClient.json(asked), decided)));
    }

    private static MessageBody embedded(long tokens) {
        return answer("{'object':'list','data':[],'usage':{'prompt_tokens':%d}}".formatted(tokens));
    }

    private static Limit completion(String more, long output) {
        String body =
                json("{'model':'gpt-3.5-turbo-instruct','prompt':'hello you',%s}".formatted(more));
        ObjectNode usage = usage("prompt_tokens", body.length(), "completion_tokens", output);
        return limit("/completions", body, with(HttpTestClient.json(body), usage));
    }

    private static void images(List<Limit> all) {
        // OpenAI's token counts for an image: high quality at 1024 x 1536, low at 1024 x 1024, and
        // a hundred tokens for each partial image.
        all.add(image("gpt-image-1", "'n':1,'size':'1024x1536','quality':'high'", 6240));
        all.add(image("gpt-image-1", "'n':3,'size':'1024x1024','quality':'low'", 3 * 272));
        all.add(image("gpt-image-1.5", "'n':2,'size':'1024x1024','quality':'high'", 2 * 4160));
        all.add(image("gpt-image-2", "'n':1,'size':'1024x1024','quality':'high'", 7034));
        all.add(image("gpt-image-1-mini", "'size':'1536x1024','quality':'medium'", 1584));
        all.add(steps("gpt-image-1", 4160 + 300));
        String edit =
                json("{'model':'gpt-image-2','prompt':'a hat','quality':'low','images':[{")
                        + "\"image_url\":\"%s\"}]}".formatted(PICTURE);
        all.add(limit("/images/edits", edit, answer(drawn(180_000, 4096))));
    }

    private static Limit image(String model, String more, long drawn) {
        String body = json("{'model':'%s','prompt':'an otter',%s}".formatted(model, more));
        return limit("/images/generations", body, answer(drawn(body.length(), drawn)));
    }

    private static Limit steps(String model, long drawn) {
        String body =
                json(
                        "{'model':'%s','prompt':'an otter','size':'1024x1024','quality':'high',"
                                + "'stream':true,'partial_images':3}");
        String whole = body.formatted(model);
        String event = json(drawn(whole.length(), drawn)).substring(1);
        return limit(
                "/images/generations",
                whole,
                new MessageBody(
                        "200 text/event-stream",
                        List.of("data: {\"type\":\"image_generation.completed\"," + event)));
    }

    private static String drawn(long input, long output) {
        return ("{'created':1,'usage':{'input_tokens':%d,'output_tokens':%d,'total_tokens':%d,"
                        + "'input_tokens_details':{'text_tokens':%d,'image_tokens':0}}}")
                .formatted(input, output, input + output, input);
    }

    private static void sounds(List<Limit> all) {
        String speech = json("{'model':'%s','voice':'alloy','input':'hello you'}");
        MessageBody audio = new MessageBody("200 audio/mpeg", List.of("hex:4944"));
        all.add(limit("/audio/speech", speech.formatted("tts-1"), audio));
        all.add(limit("/audio/speech", speech.formatted("tts-1-hd"), audio));
        all.add(heard("whisper-1", "{'type':'duration','seconds':3}"));
        all.add(heard("gpt-4o-transcribe-diarize", "{'type':'duration','seconds':3}"));
        // Four seconds at 15 tokens each, the bytes of the model's name, and the maximal output.
        String tokens =
                "{'type':'tokens','input_tokens':77,'output_tokens':2000,'total_tokens':2077,"
                        + "'input_token_details':{'text_tokens':17,'audio_tokens':60}}";
        all.add(heard("gpt-4o-transcribe", tokens));
        all.add(heard("gpt-4o-mini-transcribe", tokens));
        List<String> fields =
                List.of("model=whisper-1", "response_format=verbose_json", "file@audio.wav=wav 3");
        MessageBody translated = answer("{'text':'hello','duration':3.0}");
        all.add(new Limit("/audio/translations", new MessageBody("form", fields), translated));
    }

    private static Limit heard(String model, String usage) {
        MessageBody form =
                new MessageBody("form", List.of("model=" + model, "file@audio.wav=wav 3"));
        MessageBody heard = answer("{'text':'hello','usage':" + usage + "}");
        return new Limit("/audio/transcriptions", form, heard);
    }

    private static Limit limit(String path, String body, MessageBody answered) {
        return new Limit(path, new MessageBody("application/json", List.of(body)), answered);
    }

    /** A usage whose input is all written to the cache at the dearest rate, with this output. */
    private static ObjectNode usage(String in, long input, String out, long output) {
        return (ObjectNode)
                HttpTestClient.json(
                        json(
                                ("{'%s':%d,'%s':%d,'total_tokens':%d,"
                                                + "'%s_details':{'cache_write_tokens':%d}}")
                                        .formatted(
                                                in,
                                                input,
                                                out,
                                                output,
                                                input + output,
                                                in,
                                                input)));
    }

    /** A response at the requested tier. */
    private static MessageBody with(JsonNode asked, ObjectNode usage) {
        return answer(
                "{'id':'some-id','status':'completed','model':'%s','service_tier':'%s','usage':%s}"
                        .formatted(
                                asked.path("model").asText(),
                                asked.path("service_tier").asText("default"),
                                usage));
    }

    private static MessageBody answer(String json) {
        return new MessageBody("200 application/json", List.of(json(json)));
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }
}
