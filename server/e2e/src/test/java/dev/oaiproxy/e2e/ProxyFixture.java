package dev.oaiproxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.api.AdminApi.ChargeLine;
import dev.oaiproxy.api.AdminApi.NewKey;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.relay.FormBuilder;
import dev.oaiproxy.sandbox.SandboxBill;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A user of a running proxy, each of whose calls is compared with the stand-in's bill. */
final class ProxyFixture implements AutoCloseable {
    static final String COST = "x-oaiproxy-cost-usd";

    private static final String JSON = "application/json";

    private final ServerFixture site;
    private final NewKey bob;

    private ProxyFixture(ServerFixture site) {
        this.site = site;
        this.bob = site.operator().createKey("bob", "10000");
    }

    static ProxyFixture in(Path home) {
        return in(home, Map.of());
    }

    static ProxyFixture in(Path home, Map<String, String> settings) {
        return new ProxyFixture(ServerFixture.in(home, settings));
    }

    ServerFixture site() {
        return site;
    }

    NewKey bob() {
        return bob;
    }

    HttpResponse<byte[]> json(String path, String body) {
        return send(path, JSON, body.getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<byte[]> form(String path, FormBuilder formBuilder) {
        return send(path, FormBuilder.TYPE, formBuilder.bytes());
    }

    HttpResponse<byte[]> send(String path, String type, byte[] body) {
        return send(site.v1(path), bob.secret(), type, body);
    }

    /** The same at the stand-in itself. */
    HttpResponse<byte[]> direct(String path, String type, byte[] body) {
        URI there = URI.create(site.openAi().baseUrl() + path);
        return send(there, site.openAi().apiKey(), type, body);
    }

    private HttpResponse<byte[]> send(URI uri, String key, String type, byte[] body) {
        return site.web()
                .fetch(
                        HttpRequest.newBuilder(uri)
                                .header("Authorization", "Bearer " + key)
                                .header("Content-Type", type)
                                .POST(BodyPublishers.ofByteArray(body))
                                .build());
    }

    static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** Asks, and gives the call, which must have been charged what the stand-in has billed. */
    CallDetail charged(String path, String body) {
        return charged(json(path, body));
    }

    /** The call of an answer, which must have been charged what the stand-in has billed. */
    CallDetail charged(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
        return charged(HttpTestClient.header(answer, "x-oaiproxy-call-id"), Tariff.last(site));
    }

    CallDetail charged(String id, SandboxBill.BillEntry entry) {
        CallDetail call = site.operator().endedCall(id);
        assertThat(call.call().state()).as("%s", call).isEqualTo("charged");
        assertThat(call.call().reason()).isNull();
        assertThat(units(call)).isEqualTo(Tariff.units(entry));
        assertThat(call.call().costUsd()).isEqualTo(Tariff.cost(entry));
        assertThat(Usd.parse(call.call().costUsd())).isGreaterThan(Usd.ZERO);
        return call;
    }

    /** Asks for an answer in one piece, whose headers must tell what it has cost. */
    CallDetail told(String path, String body) {
        HttpResponse<byte[]> answer = json(path, body);
        CallDetail call = charged(answer);
        assertThat(HttpTestClient.header(answer, COST)).isEqualTo(call.call().costUsd());
        return call;
    }

    private static Map<String, Long> units(CallDetail call) {
        Map<String, Long> units = new TreeMap<>();
        for (ChargeLine line : call.lines()) {
            units.merge(line.unit(), line.quantity(), Long::sum);
        }
        return units;
    }

    /** That the client gets what the stand-in itself gives, but for what is new each time. */
    void assertSame(String path, String type, byte[] body) {
        HttpResponse<byte[]> here = send(path, type, body);
        charged(here);
        HttpResponse<byte[]> there = direct(path, type, body);
        assertThat(withoutChance(text(here))).isEqualTo(withoutChance(text(there)));
        assertThat(HttpTestClient.header(here, "content-type"))
                .isEqualTo(HttpTestClient.header(there, "content-type"));
    }

    void assertSame(String path, String body) {
        assertSame(path, JSON, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String withoutChance(String text) {
        return text.replaceAll("\"obfuscation\" ?: ?\"[^\"]*\"", "")
                .replaceAll("\\b([a-z]{2,8})[_-][0-9A-Za-z]{6,}", "$1_")
                .replaceAll("(\"[a-z]+_at\"|\"created\") ?: ?[0-9.]+", "$1:0");
    }

    /** That no call ever cost more than was held for it. */
    @Override
    public void close() {
        try (ServerFixture ending = site) {
            assertThat(ending.operator().calls())
                    .allSatisfy(
                            call ->
                                    assertThat(Usd.parse(call.heldUsd()))
                                            .as("%s", call)
                                            .isGreaterThanOrEqualTo(cost(call)));
            assertThat(ending.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
        }
    }

    private static Usd cost(Call call) {
        return Usd.parse(call.costUsd());
    }
}
