package dev.oaiproxy.e2e.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Objects that OpenAI keeps are charged to their users as long as they exist. */
@Tag("server")
@Timeout(120)
final class StoredObjectsTest {
    private static final String STORAGE = "storage vector_stores";
    private static final String SESSION = "session containers";
    private static final String HOUR_OF_3_MIB = "0.0000123";

    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
        bob = site.operator().createKey("bob", "5");
    }

    @AfterEach
    void theBooksBalance() {
        String audit = site.operator().get(AdminApi.AUDIT).body();
        assertThat(HttpTestClient.json(audit).path("findings")).as(audit).isEmpty();
        site.close();
    }

    private void pass(Duration time) {
        site.openAi().advance(time);
        site.clock().advance(time);
    }

    private JsonNode post(String path, String body) {
        HttpResponse<String> answer = site.web().post(site.v1(path), bob.secret(), body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return HttpTestClient.json(answer);
    }

    private HttpResponse<String> get(String path) {
        return site.web().get(site.v1(path), bob.secret());
    }

    private HttpResponse<String> delete(String path) {
        return site.web().send(HttpTestClient.to(site.v1(path), bob.secret()).DELETE().build());
    }

    private String file(int bytes) {
        FormBuilder formBuilder =
                new FormBuilder()
                        .field("purpose", "assistants")
                        .file("file", "a.txt", "x".repeat(bytes).getBytes(UTF_8));
        HttpRequest request =
                HttpRequest.newBuilder(site.v1("/files"))
                        .header("Authorization", "Bearer " + bob.secret())
                        .header("Content-Type", FormBuilder.TYPE)
                        .POST(BodyPublishers.ofByteArray(formBuilder.bytes()))
                        .build();
        return HttpTestClient.json(site.web().send(request)).path("id").asText();
    }

    private String store(int bytes) {
        return post("/vector_stores", "{\"file_ids\":[\"" + file(bytes) + "\"]}")
                .path("id")
                .asText();
    }

    private List<Call> calls(String operation) {
        return site.operator().calls().stream()
                .filter(call -> call.operation().equals(operation))
                .toList();
    }

    private List<Call> await(String operation, int count) {
        return Eventually.ask(() -> calls(operation), calls -> calls.size() == count);
    }

    private String spent() {
        return site.operator().quota("user:bob").spentUsd();
    }

    @Test
    void aVectorStoreIsPaidHourByHourUntilItIsDeleted() {
        String id = store(3 << 20);
        pass(Duration.ofSeconds(2));
        await(STORAGE, 1);
        assertThat(spent()).isEqualTo(HOUR_OF_3_MIB);
        pass(Duration.ofHours(1));
        await(STORAGE, 2);
        site.restart();
        pass(Duration.ofHours(1));
        Call call = await(STORAGE, 3).getFirst();
        assertThat(call.costUsd()).isEqualTo(HOUR_OF_3_MIB);
        assertThat(call.user()).isEqualTo("bob");
        assertThat(call.model()).isEqualTo("tool:file_search_storage");
        assertThat(site.operator().get(AdminApi.USAGE + "?by=operation").body()).contains(STORAGE);

        assertThat(delete("/vector_stores/" + id).statusCode()).isEqualTo(200);
        pass(Duration.ofHours(5));
        pass(Duration.ofSeconds(2));
        store(3 << 20);
        pass(Duration.ofSeconds(2));
        await(STORAGE, 4);
        assertThat(spent()).isEqualTo("0.0000492");
    }

    @Test
    void whatIsAddedIsPaidSoon() {
        String id = post("/vector_stores", "{}").path("id").asText();
        pass(Duration.ofMinutes(10));
        post("/vector_stores/" + id + "/files", "{\"file_id\":\"" + file(3 << 20) + "\"}");
        pass(Duration.ofSeconds(2));
        await(STORAGE, 1);
        String batch = "{\"file_ids\":[\"" + file(3 << 20) + "\"]}";
        post("/vector_stores/" + id + "/file_batches", batch);
        pass(Duration.ofSeconds(2));
        await(STORAGE, 2);
        assertThat(spent()).isEqualTo("0.0000246");
    }

    @Test
    void nothingIsStoredByWhomCannotPayForIt() {
        CreatedKey poor = site.operator().createKey("poor", "0.001");
        HttpResponse<String> answer =
                site.web().post(site.v1("/vector_stores"), poor.secret(), "{}");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(HttpTestClient.json(answer).at("/error/code").asText())
                .isEqualTo("insufficient_quota");
        assertThat(get("/vector_stores").body()).doesNotContain("vs_");
    }

    @Test
    void aContainerIsPaidAgainWhenItIsUsedAgain() {
        String id =
                post("/containers", "{\"name\":\"x\",\"memory_limit\":\"4g\"}").path("id").asText();
        assertThat(spent()).isEqualTo("0.12");
        String path = "/containers/" + id;
        pass(Duration.ofMinutes(15));
        assertThat(get(path + "/files").statusCode()).isEqualTo(200);
        pass(Duration.ofMinutes(15));
        assertThat(get(path + "/files").statusCode()).isEqualTo(200);
        Call call = calls(SESSION).getFirst();
        assertThat(call.costUsd()).isEqualTo("0.12");
        assertThat(get(path).statusCode()).isEqualTo(200);
        assertThat(spent()).isEqualTo("0.24");
        pass(Duration.ofHours(1));
        assertThat(HttpTestClient.json(get(path)).path("status").asText()).isEqualTo("expired");
        assertThat(get(path + "/files").statusCode()).isEqualTo(400);
        assertThat(spent()).isEqualTo("0.24");
    }

    @Test
    void aContainerOfAResponseIsPaidOnceByItAndAgainByLaterUse() {
        String tools = "\"tools\":[{\"type\":\"code_interpreter\",\"container\":%s}]";
        String body = "{\"model\":\"gpt-4o\",\"input\":\"x\",\"max_tool_calls\":1," + tools + "}";
        JsonNode first = post("/responses", body.formatted("{\"type\":\"auto\"}"));
        String id = first.findValue("container_id").asText();
        assertThat(calls(SESSION)).isEmpty();
        pass(Duration.ofMinutes(10));
        post("/responses", body.formatted("\"" + id + "\""));
        pass(Duration.ofMinutes(15));
        assertThat(calls(SESSION)).as("within the session that is paid").isEmpty();
        post("/responses", body.formatted("\"" + id + "\""));
        assertThat(calls(SESSION)).hasSize(1);
        assertThat(calls(SESSION).getFirst().costUsd()).isEqualTo("0.03");
    }

    @Test
    void aContainerThatCannotBePaidIsNotUsed() {
        String id = post("/containers", "{\"name\":\"x\"}").path("id").asText();
        CreatedKey poor = site.operator().createKey("bob", "0.01");
        pass(Duration.ofMinutes(15));
        get("/containers/" + id + "/files");
        pass(Duration.ofMinutes(15));
        HttpResponse<String> answer =
                site.web().get(site.v1("/containers/" + id + "/files"), poor.secret());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
        assertThat(calls(SESSION)).isEmpty();
    }
}
