package dev.oaiproxy.e2e.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.request.picture.SamplePictures;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import java.math.BigDecimal;
import java.math.MathContext;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The free balance that an ordinary call needs, and its cost. */
@Tag("server")
@Timeout(240)
final class LeastBalanceTest {
    private static final Pattern NEED = Pattern.compile("This call needs ([0-9.]+) USD");

    private static final List<String> MODELS =
            List.of(
                    "gpt-6.2-astra",
                    "gpt-6.2-sol",
                    "gpt-6.1-terra",
                    "gpt-6-luna",
                    "gpt-5.6-sol",
                    "gpt-5.6-terra",
                    "gpt-5.6-luna",
                    "gpt-5.5",
                    "gpt-5.4",
                    "gpt-5.4-mini");

    /** The maximal output of each of these models. */
    private static final Long MOST = 128_000L;

    private static final String PICTURE =
            SamplePictures.url(SamplePictures.file("png", 1024, 1024));
    private static final String PDF = "data:application/pdf;base64,JVBERi0xLjQK";

    @TempDir private static Path home;

    private static ProxyFixture proxyFixture;

    /** An ordinary call, and the maximal free balance that it may need at the dearest model. */
    enum Kind {
        CHAT("0.1", "/chat/completions", "'messages':[{'role':'user','content':'hi %s'}]"),
        CHAT_WITH_PICTURE(
                "0.1",
                "/chat/completions",
                "'messages':[{'role':'user','content':[{'type':'text','text':'what? %s'},"
                        + "{'type':'image_url','image_url':{'url':'"
                        + PICTURE
                        + "'}}]}]"),
        PICTURE_BY_URL(
                "1",
                "/responses",
                "'input':[{'role':'user','content':[{'type':'input_text','text':'what? %s'},"
                        + "{'type':'input_image','image_url':'https://example.com/a.png'}]}]"),
        PDF_IN_A_RESPONSE(
                "0.1",
                "/responses",
                "'input':[{'role':'user','content':[{'type':'input_text','text':'what? %s'},"
                        + "{'type':'input_file','filename':'a.pdf','file_data':'"
                        + PDF
                        + "'}]}]"),
        PDF_IN_A_CHAT(
                "0.1",
                "/chat/completions",
                "'messages':[{'role':'user','content':[{'type':'text','text':'what? %s'},"
                        + "{'type':'file','file':{'filename':'a.pdf','file_data':'"
                        + PDF
                        + "'}}]}]"),
        WEB_SEARCH("1", "/responses", "'input':'hi %s','tools':[{'type':'web_search'}]"),
        CODE_INTERPRETER(
                "1",
                "/responses",
                "'input':'hi %s','tools':[{'type':'code_interpreter','container':"
                        + "{'type':'auto'}}]"),
        FILE_SEARCH(
                "1",
                "/responses",
                "'input':'hi %s','tools':[{'type':'file_search','vector_store_ids':[]}]"),
        IMAGE_TOOL("1", "/responses", "'input':'hi %s','tools':[{'type':'image_generation'}]");

        private final String most;
        private final String path;
        private final String members;

        Kind(String most, String path, String members) {
            this.most = most;
            this.path = path;
            this.members = members;
        }

        String body(String model, String wish, long limit) {
            String name = path.equals("/responses") ? "max_output_tokens" : "max_completion_tokens";
            return "{\"%s\":%d,".formatted(name, limit) + body(model, wish).substring(1);
        }

        String body(String model, String wish) {
            return ("{'model':'" + model + "'," + members.formatted(wish) + "}").replace('\'', '"');
        }
    }

    @BeforeAll
    static void start() {
        proxyFixture = ProxyFixture.in(home);
    }

    @AfterAll
    static void stop() {
        proxyFixture.close();
    }

    private static HttpResponse<String> ask(String usd, String path, String body) {
        CreatedKey key = proxyFixture.site().operator().createKey("some", usd);
        return proxyFixture.site().web().post(proxyFixture.site().v1(path), key.secret(), body);
    }

    @ParameterizedTest
    @EnumSource
    void littleIsEnough(Kind kind) {
        List<String> row = new ArrayList<>();
        for (String model : MODELS) {
            String body = kind.body(model, "[[tokens=5]]");
            HttpResponse<String> refused = ask("0.000001", kind.path, body);
            Matcher need = NEED.matcher(refused.body());
            assertThat(need.find()).as(refused.body()).isTrue();
            Usd least = Usd.parse(need.group(1));
            row.add(model + " " + least);

            assertThat(least).as("%s of %s", kind, model).isLessThanOrEqualTo(Usd.parse(kind.most));
            assertThat(ask(least.toString(), kind.path, body).statusCode()).isEqualTo(200);
            Usd less = least.minus(Usd.ofNanos(1));
            assertThat(ask(less.toString(), kind.path, body).statusCode()).isEqualTo(429);
        }
        System.out.println("least USD for " + kind + ": " + row);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-realtime-2", "gpt-realtime-2.1"})
    void littleIsEnoughForARealtimeSession(String model) {
        Usd least = Usd.ZERO;
        Usd enough = Usd.parse("0.5");
        while (enough.minus(least).compareTo(Usd.parse("0.0001")) > 0) {
            Usd middle = Usd.ofNanos((least.nanos() + enough.nanos()) / 2);
            boolean opens = opens(model, middle);
            least = opens ? least : middle;
            enough = opens ? middle : enough;
        }
        System.out.println("least USD for a realtime session: " + model + " " + enough);
        assertThat(enough).isLessThan(Usd.parse("0.2"));
    }

    private static boolean opens(String model, Usd free) {
        CreatedKey key = proxyFixture.site().operator().createKey("some", free.toString());
        String bearer = "Bearer " + key.secret();
        try (WebSocketTestClient client =
                WebSocketTestClient.at(
                        proxyFixture.site().v1("/realtime?model=" + model),
                        "Authorization",
                        bearer)) {
            client.event("session.created");
            return true;
        } catch (WebSocketTestClient.RefusedException refused) {
            assertThat(refused.status()).isEqualTo(429);
            return false;
        }
    }

    /**
     * The size of a file says nothing about its tokens: OpenAI's count applies, with its margin.
     */
    @Test
    void whatOpenAiHasCountedIsHeldThoughTheTextOfTheFileHasFewerTokens() {
        String body = Kind.PDF_IN_A_RESPONSE.body("gpt-5.5", "[[tokens=5]]");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String counted =
                ProxyFixture.text(
                        proxyFixture.direct("/responses/input_tokens", "application/json", bytes));
        long tokens = HttpTestClient.json(counted).path("input_tokens").asLong() + 64;

        assertThat(ask("0.000001", Kind.PDF_IN_A_RESPONSE.path, body).body())
                .contains("(" + tokens + " tokens), output");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-image-2.5-flare", "gpt-image-2.6-sunburst", "gpt-image-2"})
    void aDollarAndAHalfIsEnoughForFourPicturesOfMediumQuality(String model) {
        String path = "/images/generations";
        String body =
                "{\"model\":\"%s\",\"prompt\":\"a fox\",\"n\":4,\"quality\":\"medium\"}"
                        .formatted(model);

        assertThat(ask("1.5", path, body).statusCode()).isEqualTo(200);
        // An omitted quality may mean the best.
        String best = body.replace(",\"quality\":\"medium\"", "");
        assertThat(ask("1.5", path, best).statusCode()).isEqualTo(429);
    }

    /**
     * 67 calls of keys with 5 USD and a limit of three times the output, and 20 calls without a
     * limit. The latter hold the maximal output, or a share of the free balance.
     */
    @Test
    void ordinaryCallsAreHeldNearTheirCost() {
        List<BigDecimal> limited = new ArrayList<>();
        List<BigDecimal> all = new ArrayList<>();
        for (int i = 0; i < 87; i++) {
            boolean unlimited = (i + i / Kind.values().length) % 4 == 3;
            BigDecimal ratio = ordinary(i, unlimited);
            all.add(ratio);
            if (!unlimited) {
                limited.add(ratio);
            }
        }
        System.out.printf(
                "hold / charge: median of %d limited calls %s, of all %d %s%n",
                limited.size(), median(limited), all.size(), median(all));
        assertThat(limited).hasSize(67);
        assertThat(median(limited)).isLessThanOrEqualTo(BigDecimal.valueOf(8));
        assertThat(median(all)).isLessThanOrEqualTo(BigDecimal.valueOf(8));
    }

    /** The ratio of the hold of a call to its charge. */
    private static BigDecimal ordinary(int i, boolean unlimited) {
        String model = MODELS.get(i % MODELS.size());
        Kind kind = Kind.values()[i % Kind.values().length];
        int written = 100 + 37 * (i % 11);
        String wish = "[[tokens=%d]]".formatted(written);
        String body = unlimited ? kind.body(model, wish) : kind.body(model, wish, 3L * written);
        HttpResponse<String> answer = ask("5", kind.path, body);
        assertThat(answer.statusCode())
                .as("%s of %s: %s", kind, model, answer.body())
                .isEqualTo(200);
        return ratio(answer);
    }

    private static BigDecimal median(List<BigDecimal> ratios) {
        return ratios.stream().sorted().toList().get(ratios.size() / 2);
    }

    private static BigDecimal ratio(HttpResponse<String> answer) {
        Call call =
                proxyFixture
                        .site()
                        .operator()
                        .endedCall(HttpTestClient.header(answer, "x-oaiproxy-call-id"))
                        .call();
        return new BigDecimal(call.heldUsd())
                .divide(new BigDecimal(call.costUsd()), new MathContext(3));
    }

    /**
     * Six concurrent short calls of a new key with 20 USD: the least output limit that they get.
     * Each holds half of the free balance, or its ceiling if that is less. A limit in the request
     * is left unchanged.
     */
    @ParameterizedTest
    @CsvSource({
        // Two hold 5.12 each, and the others 4.88, 2.44, 1.22 and 0.61.
        "gpt-6.2-astra, 15000",
        // Four hold 3.84 each, and the others 2.32 and 1.16.
        "gpt-5.5, 38000",
        "gpt-6.2-sol, 128000",
        "gpt-5.6-sol, 128000",
        "gpt-5.4, 128000",
        "gpt-5.4-mini, 128000"
    })
    void callsAtOnceDoNotStarveOneAnother(String model, long least) throws Exception {
        String wish = "[[tokens=20 delay=100ms]]";
        List<Long> limits = sixAtOnce(Kind.CHAT.body(model, wish));
        System.out.println("six calls at once of " + model + " may write " + limits);
        assertThat(limits).allMatch(limit -> limit >= least);
        assertThat(sixAtOnce(Kind.CHAT.body(model, wish, 16_000))).containsOnly(MOST);
    }

    /**
     * The output limits of six calls in ascending order; the model's maximum for calls without one.
     */
    private static List<Long> sixAtOnce(String body) throws Exception {
        CreatedKey key = proxyFixture.site().operator().createKey("six", "20");
        URI url = proxyFixture.site().v1("/chat/completions");
        Callable<HttpResponse<String>> call =
                () -> proxyFixture.site().web().post(url, key.secret(), body);
        List<Long> limits = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<HttpResponse<String>> done :
                    threads.invokeAll(Collections.nCopies(6, call))) {
                assertThat(done.get().statusCode()).as(done.get().body()).isEqualTo(200);
                limits.add(
                        done.get()
                                .headers()
                                .firstValueAsLong("x-oaiproxy-clamped-output-tokens")
                                .orElse(MOST));
            }
        }
        limits.sort(null);
        return limits;
    }
}
