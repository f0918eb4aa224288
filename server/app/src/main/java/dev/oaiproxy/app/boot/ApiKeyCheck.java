package dev.oaiproxy.app.boot;

import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.HttpUpstream;
import dev.oaiproxy.proxy.upstream.OpenAiClient;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import dev.oaiproxy.proxy.upstream.UpstreamSettings;
import java.time.Duration;

/** The result of trying the OpenAI key of the settings. */
public sealed interface ApiKeyCheck {
    /** OpenAI accepts the key. */
    record Accepted() implements ApiKeyCheck {}

    /** OpenAI refuses the key. */
    record Rejected(int status) implements ApiKeyCheck {}

    /** OpenAI answered with another error. */
    record Undecided(int status) implements ApiKeyCheck {}

    /** OpenAI could not be reached. */
    record Unreachable() implements ApiKeyCheck {}

    /** Asks OpenAI for its models, which costs nothing. */
    static ApiKeyCheck of(ServerConfig config) {
        UpstreamRequest models = new UpstreamRequest("GET", "/models", Headers.NONE, new byte[0]);
        try (HttpUpstream upstream = new HttpUpstream(withShortTimeouts(Wiring.upstream(config)));
                UpstreamResponse response = new OpenAiClient(upstream).send(models)) {
            int status = response.status();
            return switch (status) {
                case 200 -> new Accepted();
                case 401, 403 -> new Rejected(status);
                default -> new Undecided(status);
            };
        } catch (UpstreamException e) {
            return new Unreachable();
        }
    }

    /** The settings with short timeouts, since an operator waits for the answer. */
    private static UpstreamSettings withShortTimeouts(UpstreamSettings calls) {
        Duration patience = Duration.ofSeconds(10);
        return new UpstreamSettings(
                calls.base(),
                calls.apiKey(),
                shorter(calls.connectTimeout(), patience),
                shorter(calls.readTimeout(), patience),
                1,
                calls.proxy());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
