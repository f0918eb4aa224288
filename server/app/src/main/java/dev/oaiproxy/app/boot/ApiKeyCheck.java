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

/** Whether OpenAI takes the key of the settings. */
public sealed interface ApiKeyCheck {
    /** It does. */
    record Taken() implements ApiKeyCheck {}

    /** It does not. */
    record Refused(int status) implements ApiKeyCheck {}

    /** It has answered, and not to that. */
    record Untold(int status) implements ApiKeyCheck {}

    /** It could not be asked. */
    record Unreachable() implements ApiKeyCheck {}

    /** Asks OpenAI for its models, which costs nothing. */
    static ApiKeyCheck of(ServerConfig config) {
        UpstreamRequest models = new UpstreamRequest("GET", "/models", Headers.NONE, new byte[0]);
        try (HttpUpstream upstream = new HttpUpstream(hasty(Wiring.upstream(config)));
                UpstreamResponse response = new OpenAiClient(upstream).send(models)) {
            int status = response.status();
            return switch (status) {
                case 200 -> new Taken();
                case 401, 403 -> new Refused(status);
                default -> new Untold(status);
            };
        } catch (UpstreamException e) {
            return new Unreachable();
        }
    }

    /** Somebody waits for this, as nobody does for a long answer. */
    private static UpstreamSettings hasty(UpstreamSettings calls) {
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
