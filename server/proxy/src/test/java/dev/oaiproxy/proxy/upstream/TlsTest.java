package dev.oaiproxy.proxy.upstream;

import static dev.oaiproxy.proxy.upstream.UpstreamFixture.call;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.base.TestCertificate;
import dev.oaiproxy.proxy.upstream.UpstreamException.SendState;
import dev.oaiproxy.proxy.upstream.outbound.OutboundProxy;
import java.net.InetAddress;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@Tag("server")
final class TlsTest {
    @Test
    void talksTlsToAHostThatProvesItsName() throws Exception {
        SSLContext context = context("localhost");
        try (ScriptedServer server = server(context);
                Upstream upstream = upstream(server, context)) {
            assertThat(call(upstream, "{}")).isEqualTo("one");
            assertThat(call(upstream, "{}")).isEqualTo("two");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "user:pass"})
    void talksTlsThroughTheTunnelOfAProxy(String login) throws Exception {
        SSLContext context = context("localhost");
        try (ScriptedServer server = server(context);
                HttpProxy proxy = new HttpProxy(login.isEmpty() ? null : login);
                Upstream upstream = upstream(server, context, proxy.url(login))) {
            assertThat(call(upstream, "{}")).isEqualTo("one");
            assertThat(call(upstream, "{}")).isEqualTo("two");
            String target = server.base("https").getRawAuthority();
            assertThat(proxy.requests()).containsExactly("CONNECT " + target + " HTTP/1.1");
            assertThat(server.next()).doesNotContainIgnoringCase("proxy-");
        }
    }

    @Test
    void sendsNothingByAProxyThatRefuses() throws Exception {
        SSLContext context = context("localhost");
        try (ScriptedServer server = server(context);
                HttpProxy proxy = new HttpProxy("user:pass");
                Upstream upstream = upstream(server, context, proxy.url("user:wrong"))) {
            assertNotSent(upstream);
        }
    }

    private static Upstream upstream(ScriptedServer server, SSLContext context, String proxy) {
        return new HttpUpstream(
                settings(server.base("https")).by(OutboundProxy.parse(proxy)),
                context.getSocketFactory(),
                Duration.ofSeconds(9));
    }

    @Test
    void sendsNothingToAHostWithAnothersName() throws Exception {
        SSLContext context = context("elsewhere.example");
        try (ScriptedServer server = server(context);
                Upstream upstream = upstream(server, context)) {
            assertNotSent(upstream);
            assertThat(server.next()).startsWith("failed: ");
        }
    }

    @Test
    void sendsNothingToAHostThatNobodyVouchesFor() throws Exception {
        try (ScriptedServer server = server(context("localhost"));
                Upstream upstream = new HttpUpstream(settings(server.base("https")))) {
            assertNotSent(upstream);
            assertThat(server.next()).startsWith("failed: ");
        }
    }

    private static void assertNotSent(Upstream upstream) {
        assertThatThrownBy(() -> call(upstream, "{}"))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        failure -> assertThat(failure.sendState()).isEqualTo(SendState.NOT_SENT));
    }

    private static Upstream upstream(ScriptedServer server, SSLContext context) {
        return new HttpUpstream(
                settings(server.base("https")), context.getSocketFactory(), Duration.ofSeconds(9));
    }

    private static ScriptedServer server(SSLContext context) throws Exception {
        return new ScriptedServer(
                context.getServerSocketFactory()
                        .createServerSocket(0, 9, InetAddress.getLoopbackAddress()),
                peer -> {
                    peer.takeRequest();
                    peer.answer("one");
                    peer.takeRequest();
                    peer.answer("two");
                });
    }

    private static SSLContext context(String host) {
        return TestCertificate.forHost("EC", host).serving();
    }
}
