package dev.oaiproxy.e2e.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.proxy.relay.FormBuilder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A user of a running proxy who runs batches. */
public final class BatchClient {
    public static final String CHAT = "/v1/chat/completions";
    static final String RESPONSES = "/v1/responses";

    private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");

    private final ServerFixture site;
    private final CreatedKey key;

    BatchClient(ServerFixture site, String name, String quota) {
        this.site = site;
        this.key = site.operator().createKey(name, quota);
    }

    CreatedKey key() {
        return key;
    }

    public static String line(String id, String url, String body) {
        return "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"%s\",\"body\":%s}\n"
                .formatted(id, url, body);
    }

    static String chat(String id, String text, String more) {
        return line(id, CHAT, chatBody(text, more));
    }

    static String chatBody(String text, String more) {
        return """
        {"model":"gpt-4o","messages":[{"role":"user","content":"%s"}]%s}\
        """
                .formatted(text, more);
    }

    static String order(String file, String endpoint, String directives) {
        return """
        {"input_file_id":"%s","endpoint":"%s","completion_window":"24h",\
        "metadata":{"how":"%s"}}\
        """
                .formatted(file, endpoint, directives);
    }

    String upload(String lines) {
        FormBuilder form =
                new FormBuilder()
                        .field("purpose", "batch")
                        .file("file", "in.jsonl", lines.getBytes(StandardCharsets.UTF_8));
        HttpRequest request =
                HttpRequest.newBuilder(site.v1("/files"))
                        .header("Authorization", "Bearer " + key.secret())
                        .header("Content-Type", FormBuilder.TYPE)
                        .POST(BodyPublishers.ofByteArray(form.bytes()))
                        .build();
        return HttpTestClient.json(site.web().send(request)).path("id").asText();
    }

    HttpResponse<String> post(String path, String body) {
        return site.web().post(site.v1(path), key.secret(), body);
    }

    HttpResponse<String> fetch(String path) {
        return site.web().get(site.v1(path), key.secret());
    }

    /** Requests a batch of lines. */
    HttpResponse<String> ask(String endpoint, String lines, String directives) {
        return post("/batches", order(upload(lines), endpoint, directives));
    }

    /** The id of an accepted batch. */
    String start(String endpoint, String lines, String directives) {
        HttpResponse<String> answer = ask(endpoint, lines, directives);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return HttpTestClient.json(answer).path("id").asText();
    }

    JsonNode poll(String batch) {
        return HttpTestClient.json(fetch("/batches/" + batch));
    }

    /** The batch, once it has ended at OpenAI. */
    JsonNode ended(String batch) {
        return Eventually.ask(
                () -> poll(batch), seen -> ENDED.contains(seen.path("status").asText()));
    }

    /** The only call, once it is settled by the server's clock. */
    Call settled() {
        List<Call> calls =
                Eventually.ask(
                        () -> {
                            site.clock().advance(Duration.ofMinutes(1));
                            return site.operator().calls();
                        },
                        all -> all.stream().noneMatch(call -> call.state().equals("held")));
        assertThat(calls).hasSize(1);
        assertBalanced(calls.getFirst());
        return calls.getFirst();
    }

    private void assertBalanced(Call call) {
        AdminApi.Quota quota = site.operator().quota("key:" + key.key().id());
        assertThat(quota.heldUsd()).isEqualTo("0.00");
        assertThat(quota.spentUsd()).isEqualTo(call.costUsd());
        String audit = site.operator().get(AdminApi.AUDIT).body();
        assertThat(HttpTestClient.json(audit).path("findings")).as(audit).isEmpty();
    }
}
