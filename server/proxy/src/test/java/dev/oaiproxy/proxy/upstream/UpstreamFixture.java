package dev.oaiproxy.proxy.upstream;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;

/** Shared helpers for tests of the upstream client. */
public final class UpstreamFixture {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofMillis(150);

    private UpstreamFixture() {}

    public static UpstreamSettings settings(URI base) {
        return new UpstreamSettings(base, "sk-ours", LONG, LONG, 8);
    }

    static UpstreamSettings impatient(URI base) {
        return new UpstreamSettings(base, "sk-ours", SHORT, SHORT, 1);
    }

    static HttpUpstream upstream(UpstreamSettings settings, Duration mostIdle) {
        SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        return new HttpUpstream(settings, tls, mostIdle);
    }

    static UpstreamRequest post(String body) {
        return new UpstreamRequest(
                "POST",
                "/chat/completions",
                Headers.of("Content-Type", "application/json"),
                body.getBytes(StandardCharsets.UTF_8));
    }

    static String read(UpstreamResponse response) throws UpstreamException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[7];
        for (int count = response.read(buffer); count >= 0; count = response.read(buffer)) {
            all.write(buffer, 0, count);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    static String call(Upstream upstream, String body) throws UpstreamException {
        try (UpstreamResponse response = upstream.send(post(body))) {
            return read(response);
        }
    }
}
