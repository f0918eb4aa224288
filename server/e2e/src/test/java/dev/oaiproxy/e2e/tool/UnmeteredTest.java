package dev.oaiproxy.e2e.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.api.AdminApi.KeyRequest;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.proxy.relay.FormBuilder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that cannot be metered are refused before OpenAI is called, in any form. */
@Tag("server")
@Timeout(240)
final class UnmeteredTest {
    private static final String IMAGE = "{'type':'image_generation','model':'gpt-image-2'}";

    @TempDir private static Path home;

    private static ProxyFixture proxyFixture;

    @BeforeAll
    static void start() {
        proxyFixture = ProxyFixture.in(home);
    }

    @AfterAll
    static void stop() {
        proxyFixture.close();
    }

    @AfterEach
    void nothingWasAskedNorCharged() {
        proxyFixture.assertUntouched();
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }

    private static void assertRefused(HttpResponse<byte[]> answer, int status, String code) {
        String text = ProxyFixture.text(answer);
        assertThat(answer.statusCode()).as(text).isEqualTo(status);
        assertThat(HttpTestClient.json(text).at("/error/code").asText("")).as(text).isEqualTo(code);
        assertThat(HttpTestClient.json(text).at("/error/message").asText()).isNotEmpty();
    }

    private static void assertRefused(String path, String body, int status, String code) {
        assertRefused(proxyFixture.json(path, quoted(body)), status, code);
    }

    private static String respond(String members) {
        return "{'model':'gpt-4o','input':'hello'," + members + "}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'tools':[{'type':'mcp','server_label':'x','tunnel_id':'tunnel_1'}]",
                "'tools':[{'type':'mcp','server_label':'x','server_url':'https://x',"
                        + "'tunnel_id':'tunnel_1'}]",
                "'tools':[{'type':'hologram'}]",
                "'tools':[{'type':'hologram','name':'h'}]",
                "'tools':[{'type':'hologram','name':'h','size':1,'parameters':{}}]",
                "'tools':[{'type':'web_search_2030','name':'h','parameters':{}}]",
                "'tools':[{'type':'namespace','name':'n','tools':[{'type':'hologram'}]}]",
                "'tools':[{'type':'namespace','name':'n','tools':[{'type':'namespace',"
                        + "'name':'m','tools':[{'type':'hologram'}]}]}]",
                "'tools':[{'type':'namespace','name':'n','Tools':[{'type':'web_search'}]}]",
                "'tools':[{}]",
                "'tools':[{'type':null}]",
                "'tools':[{'type':7}]",
                "'tools':[{'type':'function','type':'mcp'}]",
                "'tools':[{'type':'function','typ\\u0065':'web_search'}]",
                "'tools':[],'tools':[{'type':'web_search'}]",
                "'tools':[{'type':'image_generation','model':'gpt-image-2','model':'gpt-image-1'}]",
                "'tools':[{'type':'image_generation','partial_images':9}]",
                "'tools':[{'type':'image_generation','partial_images':0,'partial_images':3}]",
                "'tools':[" + IMAGE + ",{'type':'image_generation','model':'gpt-image-1-mini'}]",
                "'tools':[" + IMAGE + ",{'type':'image_generation'}]",
                "'tools':[{'type':'web_search'},{'type':'web_search_preview'}]",
                "'tools':[{'type':'code_interpreter','container':{'memory_limit':'1g'}},"
                        + "{'type':'code_interpreter','container':{'memory_limit':'64g'}}]",
                "'tools':[{'type':'code_interpreter',"
                        + "'container':{'memory_limit':'1g','memory_limit':'64g'}}]",
                "'tools':[{'type':'shell','environment':{'type':'local','type':'container_auto'}}]",
                "'tools':[{'type':'shell','environment':{'type':'local'},"
                        + "'environment':{'type':'container_auto'}}]",
                "'prompt':{'id':'pmpt_1'}",
                "'access_programs':{'cyber':'daybreak_blue'}",
                "'access_programs':{'cyber':'standard','cyber':'daybreak_red'}",
                "'access_programs':{'biology':'some'}",
                "'access_programs':'daybreak_red'",
                "'context_management':[{'type':'pruning'}]",
                "'context_management':[{'type':'compaction','type':'pruning'}]",
                "'context_management':[{'compact_threshold':1}]",
                "'multi_agent':{'enabled':true}",
                "'max_tool_calls':0",
                "'max_tool_calls':10001",
                "'max_tool_calls':1e3",
                "'max_output_tokens':-1",
                "'max_output_tokens':1,'max_output_tokens':9",
                "'stream':'yes'",
                "'background':1",
                "'Model':'gpt-5-pro'",
                "'\u017ftream':true",
                "'tools':[{'type':'function','TYPE':'web_search'}]",
                "'model':'gpt-4o'"
            })
    void refusesAResponse(String members) {
        HttpResponse<byte[]> answer = proxyFixture.json("/responses", quoted(respond(members)));
        assertThat(answer.statusCode()).as(ProxyFixture.text(answer)).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "/responses | 'input':'x','tools':[{'type':'image_generation','model':'dall-e-9'}]",
                "/responses | 'input':'x','tools':[{'type':'image_generation','model':'gpt-4o'}],"
                        + "'model':'gpt-9'",
                "/responses | 'input':'x','tools':[{'type':'image_generation',"
                        + "'model':'text-embedding-3-small'}]",
                "/responses | 'input':'x','tools':[{'type':'code_interpreter',"
                        + "'container':{'type':'auto','memory_limit':'2g'}}]",
                "/images/generations | 'prompt':'x','model':'dall-e-3'",
                "/images/generations | 'prompt':'x','model':'gpt-4o'",
                "/audio/speech | 'input':'x','voice':'alloy','model':'whisper-1'",
                "/embeddings | 'input':'x','model':'gpt-4o'",
                "/chat/completions | 'messages':[],'model':'text-embedding-3-small'",
            })
    void refusesAModelWithoutAPriceForThat(String path, String members) {
        String model =
                members.contains("'model':'gpt-9'") || !path.equals("/responses")
                        ? ""
                        : "'model':'gpt-4o',";
        HttpResponse<byte[]> answer = proxyFixture.json(path, quoted("{" + model + members + "}"));
        assertThat(answer.statusCode()).as(ProxyFixture.text(answer)).isIn(400, 403, 404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'tools':[{'type':'web_search'}]",
                "'tools':[{'type':'mcp'}]",
                "'audio':{'format':'wav','voice':{'id':'voice_1'}},'modalities':['audio']"
            })
    void refusesAChat(String members) {
        assertRefused(
                "/chat/completions", "{'model':'gpt-4o','messages':[]," + members + "}", 400, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'voice':{'id':'voice_1'}", "'voice':'alloy','voice':{'id':'v'}"})
    void refusesVoicesOfOnesOwn(String voice) {
        assertRefused(
                "/audio/speech", "{'model':'gpt-4o-mini-tts','input':'x'," + voice + "}", 400, "");
    }

    @Test
    void lookForModelsInsideToolsThatTheKeyMayNotUse() {
        CreatedKey key =
                proxyFixture
                        .site()
                        .operator()
                        .createKey(
                                new KeyRequest(
                                        "eve",
                                        "5",
                                        null,
                                        null,
                                        null,
                                        List.of("gpt-4o*"),
                                        null,
                                        null,
                                        null,
                                        null));
        for (String tool : List.of(IMAGE, "{'type':'image_generation'}")) {
            String body = quoted(respond("'tools':[" + tool + "]"));
            HttpResponse<String> answer =
                    proxyFixture
                            .site()
                            .web()
                            .post(proxyFixture.site().v1("/responses"), key.secret(), body);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
            assertThat(HttpTestClient.json(answer).at("/error/code").asText())
                    .isEqualTo("model_not_allowed");
        }
    }

    private static FormBuilder heard() {
        return new FormBuilder().file("file", "a.wav", FormBuilder.wav(1));
    }

    static Stream<FormBuilder> oddForms() {
        byte[] model = "gpt-4o-transcribe".getBytes(StandardCharsets.UTF_8);
        String name = "Content-Disposition: form-data; name=\"model\"";
        return Stream.of(
                heard(),
                heard().field("model", ""),
                heard().field("model", "whisper-1").field("model", "gpt-4o-transcribe"),
                heard().file("model", "model.txt", model),
                heard().field("model", "whisper-1").file("model", "model.txt", model),
                heard().raw(name + "\n folded: yes", model),
                heard().raw(name + "\nContent-Transfer-Encoding: base64", model),
                heard().raw(name + "\nContent-Type: text/plain; charset=utf-16", model),
                heard().raw(name.replace("model", "model[]"), model).field("model", "whisper-1"),
                heard().raw(name.replace("model", "Model"), model).field("model", "whisper-1"),
                heard().raw(name + "\nContent-Disposition: form-data; name=\"x\"", model),
                heard().raw(name + "; name=\"x\"", model),
                heard().raw("Content-Disposition: form-data; name*=UTF-8''model", model),
                heard().raw("Content-Disposition: attachment; name=\"model\"", model),
                heard().field("model", "whisper-1").field("stream", "1"),
                heard().field("model", "whisper-1")
                        .field("stream", "true")
                        .field("stream", "false"),
                heard().field("model", "whisper-1").field("response_format", "x".repeat(300)),
                heard().raw(
                                "Content-Disposition: form-data; name=\"x\"\n"
                                        + "Content-Type: text/plain\r"
                                        + name,
                                model)
                        .field("model", "whisper-1"),
                heard().field(
                                "prompt",
                                "x\n--" + FormBuilder.BOUNDARY + "\n" + name + "\n\ngpt-9\n")
                        .field("model", "whisper-1"),
                heard().field("model", "gpt-9-transcribe"));
    }

    @ParameterizedTest
    @MethodSource("oddForms")
    void refusesOddForms(FormBuilder formBuilder) {
        for (String path : List.of("/audio/transcriptions", "/audio/translations")) {
            HttpResponse<byte[]> answer = proxyFixture.form(path, formBuilder);
            assertThat(answer.statusCode()).as(ProxyFixture.text(answer)).isIn(400, 403, 404);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=other",
                "multipart/form-data; boundary=" + FormBuilder.BOUNDARY + "; boundary=other",
                "multipart/form-data; boundary=other; boundary=" + FormBuilder.BOUNDARY,
                "multipart/form-data; boundary="
                        + FormBuilder.BOUNDARY
                        + "; boundary*=utf-8''other",
                "multipart/form-data; boundary=" + FormBuilder.BOUNDARY + "; charset=utf-7",
                "multipart/form-data; charset=utf-16; boundary=" + FormBuilder.BOUNDARY,
                "multipart/mixed; boundary=" + FormBuilder.BOUNDARY,
                "application/x-www-form-urlencoded",
                "application/json",
                "text/plain"
            })
    void refusesFormsOfAnotherType(String type) {
        byte[] body = heard().field("model", "whisper-1").bytes();
        HttpResponse<byte[]> answer = proxyFixture.send("/audio/transcriptions", type, body);
        assertThat(answer.statusCode()).as(ProxyFixture.text(answer)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json; charset=utf-7",
                "application/json; charset=utf-16",
                "application/json; charset=utf-8; charset=utf-7",
                "application/x-www-form-urlencoded",
                "text/plain"
            })
    void refusesJsonOfAnotherType(String type) {
        byte[] chat = quoted("{'model':'gpt-4o','messages':[]}").getBytes(StandardCharsets.UTF_8);
        for (String path : List.of("/chat/completions", "/conversations")) {
            HttpResponse<byte[]> answer = proxyFixture.send(path, type, chat);
            assertThat(answer.statusCode()).as(ProxyFixture.text(answer)).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"model=gpt-5-pro", "beta=true&stream=true", "beta=a%0Ab", "mod%65l=x", "n"})
    void refusesParametersInTheQuery(String query) {
        assertRefused("/chat/completions?" + query, "{'model':'gpt-4o','messages':[]}", 400, "");
    }

    @Test
    void refusesTwoContentTypes() {
        byte[] body = heard().field("model", "whisper-1").bytes();
        HttpRequest request =
                HttpRequest.newBuilder(proxyFixture.site().v1("/audio/transcriptions"))
                        .header("Authorization", "Bearer " + proxyFixture.bob().secret())
                        .header("Content-Type", FormBuilder.TYPE)
                        .header("Content-Type", "multipart/form-data; boundary=other")
                        .POST(BodyPublishers.ofByteArray(body))
                        .build();
        assertRefused(proxyFixture.site().web().fetch(request), 400, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/chat/completions",
                "/completions",
                "/responses",
                "/responses/compact",
                "/embeddings",
                "/decisions",
                "/images/generations",
                "/audio/speech",
                "/containers"
            })
    void refusesAFormWhereJsonBelongs(String path) {
        byte[] body = new FormBuilder().field("model", "gpt-4o").bytes();
        assertThat(proxyFixture.send(path, FormBuilder.TYPE, body).statusCode()).isEqualTo(400);
        assertThat(proxyFixture.send(path, "application/json", body).statusCode()).isEqualTo(400);
    }

    @Test
    void refusesJsonWhereAFormBelongs() {
        for (String path : List.of("/audio/transcriptions", "/audio/translations")) {
            assertRefused(path, "{'model':'whisper-1'}", 400, "");
        }
    }

    static Stream<List<String>> orders() {
        return Stream.of(
                List.of("/chat/completions", "{'model':'gpt-4o','messages':[]}"),
                List.of("/completions", "{'model':'gpt-3.5-turbo-instruct','prompt':'x'}"),
                List.of("/responses", "{'model':'gpt-4o','input':'x'}"),
                List.of("/responses", respond("'tools':[{'type':'web_search'}]")),
                List.of("/responses/compact", "{'model':'gpt-4o','input':'x'}"),
                List.of("/embeddings", "{'model':'text-embedding-3-small','input':'x'}"),
                List.of("/decisions", "{'model':'gpt-4o','input':'x','questions':[]}"),
                List.of("/images/generations", "{'model':'gpt-image-2','prompt':'x'}"),
                List.of("/images/edits", "{'model':'gpt-image-2','prompt':'x','images':[]}"),
                List.of("/audio/speech", "{'model':'tts-1','input':'x','voice':'alloy'}"),
                List.of("/audio/speech", "{'model':'gpt-4o-mini-tts','input':'x','voice':'a'}"),
                List.of("/containers", "{'name':'x'}"));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void refusesEveryOperationOnceTheQuotaIsSpent(List<String> order) {
        String key = spent();
        HttpResponse<String> answer =
                proxyFixture
                        .site()
                        .web()
                        .post(
                                proxyFixture.site().v1(order.getFirst()),
                                key,
                                quoted(order.getLast()));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
        assertThat(HttpTestClient.json(answer).at("/error/type").asText())
                .isEqualTo("insufficient_quota");
        assertThat(HttpTestClient.header(answer, "x-should-retry")).isEqualTo("false");
    }

    @ParameterizedTest
    @CsvSource({
        "/audio/transcriptions,whisper-1",
        "/audio/transcriptions,gpt-4o-transcribe",
        "/audio/translations,whisper-1"
    })
    void refusesFormsOnceTheQuotaIsSpent(String path, String model) {
        HttpRequest request =
                HttpRequest.newBuilder(proxyFixture.site().v1(path))
                        .header("Authorization", "Bearer " + spent())
                        .header("Content-Type", FormBuilder.TYPE)
                        .POST(BodyPublishers.ofByteArray(heard().field("model", model).bytes()))
                        .build();
        assertThat(proxyFixture.site().web().fetch(request).statusCode()).isEqualTo(429);
    }

    private static String spent() {
        return proxyFixture.site().operator().createKey("poor", "0.000000001").secret();
    }
}
