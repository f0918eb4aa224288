package dev.oaiproxy.e2e;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.ClientOptions;
import com.openai.core.Sleeper;
import com.openai.core.http.HttpClient;
import dev.oaiproxy.app.boot.Server;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A real server on a real database in a folder of its own, and the stand-in for OpenAI behind it;
 * with clients to use both. Closing it ends everything but the folder.
 */
public final class ServerFixture implements AutoCloseable {
    public static final String ADMIN = "admin";
    public static final String PASSWORD = "correct horse battery";

    private OpenAiStandIn openAi =
            OpenAiStandIn.start(dev.oaiproxy.sandbox.StandInSettings.DEFAULT);
    private final OffsetClock clock = new OffsetClock();
    private final HttpTestClient httpTestClient = new HttpTestClient();
    private final Operator operator =
            new Operator(this::address, httpTestClient, ADMIN + ":" + PASSWORD);
    private final List<OpenAIClient> sdks = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private Server server;

    private ServerFixture(Path home, Map<String, String> more) {
        environment.put("OPENAI_API_KEY", openAi.apiKey());
        environment.put("OPENAI_BASE_URL", openAi.baseUrl().toString());
        environment.put("PROXY_SERVER_USER", ADMIN);
        environment.put("PROXY_SERVER_PASS", PASSWORD);
        environment.put("OAIPROXY_HOME", home.toString());
        environment.put("OAIPROXY_HOST", "127.0.0.1");
        environment.put("OAIPROXY_PORT", "0");
        environment.putAll(more);
        server = start();
    }

    /** Starts one with the settings of a first day. */
    public static ServerFixture in(Path home) {
        return in(home, Map.of());
    }

    /**
     * Starts one.
     *
     * @param more variables that differ; an empty text takes one away
     */
    public static ServerFixture in(Path home, Map<String, String> more) {
        return new ServerFixture(home, more);
    }

    private Server start() {
        return Server.start(new Server.Environment(Checkout.top(), environment, Map.of(), clock));
    }

    /** Stops the server and starts another one on the same folder; it has another port. */
    public void restart() {
        restart(Map.of());
    }

    /** The same, with more variables that differ. */
    public void restart(Map<String, String> more) {
        server.close();
        environment.putAll(more);
        server = start();
    }

    /** Stops the stand-in, and starts another one at the same address with an empty bill. */
    public void restartOpenAi() {
        int port = openAi.baseUrl().getPort();
        openAi.close();
        openAi = OpenAiStandIn.start(dev.oaiproxy.sandbox.StandInSettings.DEFAULT.withPort(port));
    }

    public Server server() {
        return server;
    }

    public OpenAiStandIn openAi() {
        return openAi;
    }

    /** The time that the server believes it is. */
    public OffsetClock clock() {
        return clock;
    }

    public Operator operator() {
        return operator;
    }

    public HttpTestClient web() {
        return httpTestClient;
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** An address below {@code /v1}, such as {@code /chat/completions}. */
    public URI v1(String path) {
        return URI.create(address() + "/v1" + path);
    }

    /** The official SDK with a key, without retries. */
    public OpenAIClient sdk(String key) {
        return sdk(v1("").toString(), key);
    }

    /** The official SDK with a base URL of another form, without retries. */
    public OpenAIClient sdk(String baseUrl, String key) {
        OpenAIClient client =
                OpenAIOkHttpClient.builder().baseUrl(baseUrl).apiKey(key).maxRetries(0).build();
        sdks.add(client);
        return client;
    }

    /** The official SDK as it comes, with its retries, over an HTTP client of a test. */
    public OpenAIClient sdk(String key, HttpClient http, Sleeper sleeper) {
        ClientOptions options =
                ClientOptions.builder()
                        .httpClient(http)
                        .sleeper(sleeper)
                        .baseUrl(v1("").toString())
                        .apiKey(key)
                        .build();
        OpenAIClient client = new OpenAIClientImpl(options);
        sdks.add(client);
        return client;
    }

    /** The official SDK at the stand-in itself, to compare with. */
    public OpenAIClient direct() {
        return sdk(openAi.baseUrl().toString(), openAi.apiKey());
    }

    @Override
    public void close() {
        sdks.forEach(OpenAIClient::close);
        httpTestClient.close();
        openAi.close();
        server.close();
        Eventually.ask(server.memory()::used, used -> used == 0);
    }
}
