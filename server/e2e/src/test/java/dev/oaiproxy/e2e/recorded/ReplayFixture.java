package dev.oaiproxy.e2e.recorded;

import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** A server with a recorded OpenAI behind it, which replays exchanges. */
final class ReplayFixture implements AutoCloseable {
    private final RecordedOpenAi openAi = new RecordedOpenAi();
    private final ServerFixture site;

    /**
     * Starts both.
     *
     * @param more variables besides those of every replay
     */
    ReplayFixture(Path home, Map<String, String> more) {
        Map<String, String> variables = new HashMap<>(more);
        variables.put("OPENAI_BASE_URL", openAi.baseUrl().toString());
        variables.put("OAIPROXY_FINE_TUNING_ALLOW", "true");
        site = ServerFixture.in(home, variables);
    }

    ServerFixture site() {
        return site;
    }

    RecordedOpenAi openAi() {
        return openAi;
    }

    /**
     * Replays an exchange with a key of its own.
     *
     * @param check receives each HTTP response and its step
     */
    ExchangeClient play(
            RecordedExchange exchange,
            BiConsumer<RecordedExchange.Http, HttpResponse<byte[]>> check) {
        openAi.play(exchange);
        ExchangeClient bob = new ExchangeClient(site, site.operator().createKey("bob", "1000000"));
        for (RecordedExchange.Step step : exchange.steps()) {
            switch (step) {
                case RecordedExchange.Http http -> check.accept(http, bob.ask(http));
                case RecordedExchange.Talk talk -> bob.talk(talk);
            }
        }
        return bob;
    }

    @Override
    public void close() {
        site.close();
        openAi.close();
    }
}
