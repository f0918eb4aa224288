package dev.oaiproxy.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.settings.CliSettings;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a self-signed certificate. */
final class HttpsTest {
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir static Path folder;

    private static Path certificate;
    private static HttpsServer server;

    @BeforeAll
    static void start() throws Exception {
        Path store = folder.resolve("store.p12");
        certificate = folder.resolve("cert.pem");
        keytool(store, "-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost");
        keytool(store, "-exportcert", "-rfc", "-file", certificate.toString());
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(store)));
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = "{\"data\":[],\"next\":null}".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    private static void keytool(Path store, String action, String... more) throws Exception {
        List<String> command =
                new java.util.ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                action,
                                "-alias",
                                "server",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                new String(PASSWORD),
                                "-keystore",
                                store.toString()));
        if (action.equals("-genkeypair")) {
            command.addAll(List.of("-ext", "san=dns:localhost"));
        }
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static SSLContext context(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static AdminClient client(Map<String, String> variables) {
        CliSettings settings = new CliSettings(variables, folder);
        URI url = settings.server(Optional.empty());
        return new AdminClient(new AdminEndpoint(url, Optional.empty(), settings.authority()));
    }

    private static String port() {
        return Integer.toString(server.getAddress().getPort());
    }

    @Test
    void trustsTheAuthorityThatIsNamed() {
        String url = "https://localhost:" + port();
        AdminClient client =
                client(Map.of("OAIPROXY_URL", url, "OAIPROXY_CA", certificate.toString()));
        assertThat(client.users(10).data()).isEmpty();
    }

    @Test
    void trustsTheCertificateOfTheServerThatItsFolderHas() {
        AdminClient client =
                client(Map.of("OAIPROXY_PORT", port(), "OAIPROXY_TLS_CERTIFICATE", "cert.pem"));
        assertThat(client.users(10).data()).isEmpty();
    }

    @Test
    void saysWhatToDoAboutACertificateThatNobodyVouchesFor() {
        AdminClient client = client(Map.of("OAIPROXY_URL", "https://localhost:" + port()));
        assertThatThrownBy(() -> client.users(10))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.toString()).doesNotContain("PKIX"))
                .hasMessageContaining("is not trusted");
    }

    @Test
    void saysWhichFileHasNoCertificates() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong.pem"), "no certificate");
        assertThatThrownBy(
                        () ->
                                client(
                                        Map.of(
                                                "OAIPROXY_URL",
                                                "https://localhost:" + port(),
                                                "OAIPROXY_CA",
                                                wrong.toString())))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("wrong.pem has no readable certificates");
    }
}
