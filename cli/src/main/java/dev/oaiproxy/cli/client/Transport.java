package dev.oaiproxy.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.api.Json;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.settings.CliSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** One request to the admin API and its answer. */
final class Transport {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final AdminEndpoint endpoint;
    private final ApiErrors errors;
    private final ObjectMapper mapper = Json.mapper();
    private final HttpClient http;

    Transport(AdminEndpoint endpoint) {
        this.endpoint = endpoint;
        this.errors = new ApiErrors(endpoint, mapper);
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT);
        if ("https".equals(endpoint.url().getScheme())) {
            endpoint.authority().map(Transport::trusting).ifPresent(builder::sslContext);
        } else {
            builder.sslContext(trustingNobody());
        }
        this.http = builder.build();
    }

    /**
     * A request: its method, its path with query, its body if it has one, and how long it may take.
     */
    record ApiRequest(String method, String path, @Nullable Object body, Duration patience) {
        static ApiRequest of(String method, String path, @Nullable Object body) {
            return new ApiRequest(method, path, body, Duration.ofSeconds(10));
        }
    }

    <T> T call(ApiRequest request, Class<T> type) {
        String body = answer(request);
        try {
            return mapper.readValue(body, type);
        } catch (JsonProcessingException e) {
            throw errors.strange(200);
        }
    }

    /** An answer that is a page of a list. */
    <T> Page<T> page(ApiRequest request, Class<T> type) {
        String body = answer(request);
        try {
            var page = mapper.getTypeFactory().constructParametricType(Page.class, type);
            return mapper.readValue(body, page);
        } catch (JsonProcessingException e) {
            throw errors.strange(200);
        }
    }

    private String answer(ApiRequest request) {
        HttpResponse<String> response = send(request(request));
        if (response.statusCode() / 100 != 2) {
            boolean setup = request.path().equals(AdminApi.SETUP);
            throw setup ? errors.ofSetup(response) : errors.of(response);
        }
        return response.body();
    }

    private HttpRequest request(ApiRequest request) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(endpoint.url() + request.path()))
                        .timeout(request.patience())
                        .header("Accept", "application/json")
                        .method(request.method(), body(request.body()));
        if (request.body() != null) {
            builder.header("Content-Type", "application/json");
        }
        endpoint.login().ifPresent(login -> builder.header("Authorization", login.header()));
        return builder.build();
    }

    private BodyPublisher body(@Nullable Object body) {
        try {
            return body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(mapper.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the request cannot be written as JSON", e);
        }
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw errors.unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.failed("interrupted", "try again");
        }
    }

    /** Java's own context would read a hundred certificates first, also where none is needed. */
    private static SSLContext trustingNobody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a Java without TLS", e);
        }
    }

    /** Trusts the certificates in a PEM file, and no others. */
    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int count = 0;
            for (Certificate one :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + count++, one);
            }
            if (count == 0) {
                throw unreadableAuthority(file);
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw unreadableAuthority(file);
        }
    }

    private static Failure unreadableAuthority(Path file) {
        return Failure.failed(
                file + " has no readable certificates",
                "set " + CliSettings.AUTHORITY + " to a PEM file of the server's authority");
    }
}
