package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.app.boot.CapturedLog;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A server whose price file is edited while it runs. */
@Tag("server")
@Timeout(120)
@Isolated("it reads the log of the process")
final class PriceReloadTest {
    private static final Path SHIPPED = Checkout.file("config/prices.yaml");
    private static final String RATES = "standard: {input: 2.5, cached_input: 1.25, output: 10}";

    @TempDir Path home;
    private Path file;
    private String book;
    private ServerFixture site;

    @BeforeEach
    void start() throws IOException {
        book = Files.readString(SHIPPED);
        file = Files.writeString(home.resolve("own.yaml"), book);
        site = ServerFixture.in(home, Map.of("OAIPROXY_PRICES_FILE", file.toString()));
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void chargesByTheNewBookOnceItIsInForce() throws IOException {
        edit(RATES.replace("10}", "20}"));
        Eventually.ask(() -> site.operator().status().priceVersion(), "edited"::equals);

        CreatedKey key = site.operator().createKey("bob", "5");
        site.sdk(key.secret()).chat().completions().create(SampleRequests.chat("hello"));
        String id = site.operator().onlyCallOf(key).id();
        HttpResponse<String> call = site.operator().get(AdminApi.CALLS + "/" + id);
        assertThat(call.body()).contains("\"price_version\":\"edited\"").contains("20");
        assertThat(site.operator().status().pricesRefused()).isNull();
    }

    @Test
    void aConversationIsHeldAndChargedByTheBookThatItBeganWith() throws IOException {
        String before = site.operator().status().priceVersion();
        CreatedKey key = site.operator().createKey("bob", "20");
        try (WebSocketTestClient client =
                WebSocketTestClient.at(
                        site.v1("/realtime?model=gpt-realtime-2"),
                        "Authorization",
                        "Bearer " + key.secret())) {
            client.event("session.created");
            edit(RATES.replace("10}", "20}"));
            Eventually.ask(() -> site.operator().status().priceVersion(), "edited"::equals);
            client.say("{'type':'response.create','response':{'output_modalities':['text']}}");
            client.event("response.done");
        }
        assertThat(site.operator().calls()).extracting(Call::priceVersion).containsOnly(before);
        assertThat(site.operator().calls()).extracting(Call::state).contains("charged");
    }

    @Test
    void keepsItsBookAndSaysWhyWhenTheNewOneCannotBeRight() throws IOException {
        String version = site.operator().status().priceVersion();
        try (CapturedLog capturedLog = CapturedLog.start()) {
            edit(RATES.replace("10}", "0.1}"));
            String why =
                    Eventually.ask(
                            () -> "" + site.operator().status().pricesRefused(),
                            told -> told.contains("more than 10 times"));
            assertThat(why).contains("gpt-4o: standard output from 10 to 0.1");
            assertThat(capturedLog.messages())
                    .anyMatch(line -> line.startsWith("alarm=prices_refused"));
        }
        assertThat(site.operator().status().priceVersion()).isEqualTo(version);
        assertThat(site.operator().get(AdminApi.PRICES + "?model=gpt-4o").body())
                .contains("\"refused\":\"" + file)
                .contains("\"version\":\"" + version + "\"");
    }

    @Test
    void saysWhatAReloadHasTakenOrWhyNot() throws IOException {
        String version = site.operator().status().priceVersion();
        try (CapturedLog capturedLog = CapturedLog.start()) {
            site.server().reload();
            assertThat(capturedLog.messages())
                    .contains(
                            "event=reload prices=\"unchanged %s\" certificate=\"none\""
                                    .formatted(version));
            edit(RATES.replace("10}", "0.1}"));
            site.server().reload();
            assertThat(capturedLog.messages())
                    .anyMatch(
                            line ->
                                    line.startsWith("event=reload prices=\"refused, " + version)
                                            && line.contains("more than 10 times"));
        }
        edit(RATES.replace("10}", "20}"));
        site.server().reload();
        assertThat(site.operator().status().priceVersion()).isEqualTo("edited");
    }

    private void edit(String rates) throws IOException {
        int model = book.indexOf("  - name: gpt-4o\n");
        String rest = book.substring(model).replaceFirst(Pattern.quote(RATES), rates);
        String edited =
                (book.substring(0, model) + rest).replaceFirst("version: .*", "version: edited");
        Files.writeString(file, edited);
    }
}
