package dev.oaiproxy.proxy.upstream;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;

/** What the tests of the client share. */
final class UpstreamFixture {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofMillis(150);

    private UpstreamFixture() {}

    static UpstreamSettings settings(URI base) {
        return new UpstreamSettings(base, "sk-ours", LONG, LONG, 8);
    }

    static UpstreamSettings impatient(URI base) {
        return new UpstreamSettings(base, "sk-ours", SHORT, SHORT, 1);
    }

    static SocketUpstream upstream(UpstreamSettings settings, Duration mostIdle) {
        SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        return new SocketUpstream(settings, tls, mostIdle);
    }

    static Request post(String body) {
        return new Request(
                "POST",
                "/chat/completions",
                Headers.of("Content-Type", "application/json"),
                body.getBytes(StandardCharsets.UTF_8));
    }

    static String read(Answer answer) throws UpstreamException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[7];
        for (int count = answer.read(buffer); count >= 0; count = answer.read(buffer)) {
            all.write(buffer, 0, count);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    static String call(Upstream upstream, String body) throws UpstreamException {
        try (Answer answer = upstream.send(post(body))) {
            return read(answer);
        }
    }
}
