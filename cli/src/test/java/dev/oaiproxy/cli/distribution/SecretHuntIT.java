package dev.oaiproxy.cli.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Provokes all errors that involve secrets, then searches all output for them. */
final class SecretHuntIT {
    private static final String OPENAI_KEY = "sk-proj-OpenAiMarkerQ7x3Lw9ZtB4nVc6M";
    private static final String PASSWORD = "AdminMarkerHj5Rt8Ws2Kp4";
    private static final String SETUP = "/admin/v1/setup";
    private static final String CHAT =
            """
            {"model":"gpt-4o-mini","messages":[{"role":"user","content":"%s"}]}""";

    @TempDir Path folder;

    @Test
    void noSecretIsWrittenAnywhereButWhereItBelongs() throws Exception {
        try (DistributionFixture fixture = DistributionFixture.bare(folder, OPENAI_KEY)) {
            RawHttpClient client = new RawHttpClient(fixture.server().address());
            misspellSetup(client);
            setUp(client);
            String key = createKey(client);
            misuseKey(client, key);
            misuseAdminApi(client, key);
            readAll(client);
            Traces traces = new Traces(fixture, client);
            assertThat(traces.of(List.of(key, OPENAI_KEY, PASSWORD, login(PASSWORD)))).isEmpty();
            checkEnvFile(fixture.home().resolve(".env"));
        }
    }

    private static void misspellSetup(RawHttpClient client) throws IOException {
        String good = settings("");
        client.post(SETUP, good.replace("proxy_server_pass", "proxy_server_password"));
        client.post(SETUP, good.substring(0, good.length() - 2));
        client.post(SETUP, good.replace(",", ",,"));
        client.post(SETUP, "[" + good + "]");
        client.post(SETUP, settings(",\"db_option\":\"" + PASSWORD + "\""));
        client.post(
                SETUP, settings(",\"db_option\":\"Others\",\"db_password\":\"" + PASSWORD + "\""));
        client.post(SETUP, good.replace(OPENAI_KEY, OPENAI_KEY + "x"));
        client.post(SETUP, good.replace(OPENAI_KEY, OPENAI_KEY + "\\n" + OPENAI_KEY));
        client.post(SETUP + "?key=" + OPENAI_KEY, "{\"openai_api_key\":" + OPENAI_KEY + "}");
        client.get(SETUP + "/" + PASSWORD);
    }

    private static void setUp(RawHttpClient client) throws IOException {
        assertThat(client.post(SETUP, settings(""))).startsWith("HTTP/1.1 200");
        client.post(SETUP, settings(""));
    }

    private static String settings(String more) {
        return """
        {"openai_api_key":"%s","proxy_server_user":"admin","proxy_server_pass":"%s",\
        "offline":false%s}"""
                .formatted(OPENAI_KEY, PASSWORD, more);
    }

    /** The only response that may contain the key; it is not kept. */
    private static String createKey(RawHttpClient client) throws IOException {
        String answer = client.post("/admin/v1/keys", "{\"user\":\"bob\"}", admin(PASSWORD));
        client.answers().removeLast();
        JsonNode made =
                DistributionFixture.JSON.readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        return made.path("secret").asText();
    }

    private static void misuseKey(RawHttpClient client, String key) throws IOException {
        String bearer = "Authorization: Bearer " + key;
        String chat = CHAT.formatted("hello");
        assertThat(client.post("/v1/chat/completions", chat, bearer)).startsWith("HTTP/1.1 200");
        assertThat(client.post("/" + key + "/v1/chat/completions", chat))
                .startsWith("HTTP/1.1 200");
        client.post("/v1/chat/completions?api_key=" + key, chat, bearer);
        client.post(
                "/v1/chat/completions?a=b&x=" + key, chat, "api-key: " + key, "X-Other: " + key);
        client.post("/v1/chat/completions", CHAT.formatted(key + " " + OPENAI_KEY), bearer);
        client.post("/v1/chat/completions", chat.replace("gpt-4o-mini", key), bearer);
        client.post("/v1/chat/completions", chat.replace("gpt-4o-mini", key.substring(3)), bearer);
        client.post("/v1/chat/completions", chat.replace("\"user\"", "\"" + key + "\""), bearer);
        client.post("/v1/chat/completions", chat.replace("}]", "}],\"n\":\"" + key + "\""), bearer);
        String tier = ",\"service_tier\":\"" + key + "\"}";
        client.post("/v1/chat/completions", chat.replaceAll("}$", tier), bearer);
        client.post("/v1/chat/completions", "{\"model\":" + key + "}", bearer);
        client.post("/v1/chat/completions", "{\"" + key + "\":1,\"" + key + "\":2}", bearer);
        for (String fault : List.of("500", "429", "quota", "close", "cut", "bad-usage")) {
            client.post("/v1/chat/completions", CHAT.formatted("[[fault=" + fault + "]]"), bearer);
            client.post(
                    "/" + key + "/v1/chat/completions", CHAT.formatted("[[fault=" + fault + "]]"));
        }
        for (String target : targets(key)) {
            client.get(target);
            client.get(target, bearer);
            client.post(target, chat, bearer);
        }
        for (String head : heads(key)) {
            client.get("/v1/models", head);
            client.get("/me", head);
        }
        malformed(client, key);
    }

    private static List<String> targets(String key) {
        return List.of(
                "/" + key,
                "/" + key + "/",
                "/" + key + "/v1",
                "/" + key + "/v2/models",
                "/" + key + "/v1/models/" + key,
                "/" + key + "/v1/files/" + key,
                "/" + key + "x/v1/models",
                "/" + key.substring(1) + "/v1/models",
                "/" + key + "%20/v1/models",
                "/" + key + "%zz/v1/models",
                "/" + key + "//v1/../models",
                "/v1/" + key + "/models",
                "/v1/models/" + key,
                "/v1/models?key=" + key,
                "/v1/models?" + key,
                "/v1/models?key=%zz" + key,
                "/v1/organization/" + key,
                "/me?key=" + key,
                "/health/" + key,
                "/metrics?" + key,
                "/admin/v1/" + key,
                "http://" + key + "@localhost/v1/models");
    }

    private static List<String> heads(String key) {
        return List.of(
                "Authorization: " + key,
                "Authorization: Basic " + key,
                "Authorization: Bearer " + key.substring(1),
                "Authorization: Bearer " + key.toLowerCase(Locale.ROOT),
                "Authorization: Bearer " + key + " " + key,
                "Authorization: Bearer " + OPENAI_KEY,
                "Authorization: Basic " + login(key),
                "api-key: " + key + ",",
                "Cookie: key=" + key,
                key + ": x",
                "X-Odd: \u0001" + key,
                key);
    }

    private static void malformed(RawHttpClient client, String key) throws IOException {
        String bearer = "Authorization: Bearer " + key + "\r\n";
        client.raw("GET /" + key + "/v1/models\r\n\r\n");
        client.raw("GET /" + key + "/v1/models HTTP/3.9\r\nHost: x\r\n\r\n");
        client.raw(key + " / HTTP/1.1\r\nHost: x\r\n\r\n");
        client.raw("GET /v1/models HTTP/1.1\r\nHost: " + key + "\r\nHost: y\r\n" + bearer + "\r\n");
        client.raw("GET /v1/models HTTP/1.1\r\n" + bearer.repeat(600) + "\r\n");
        String chunked = "Host: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        client.raw("POST /v1/chat/completions HTTP/1.1\r\n" + bearer + chunked + key + "\r\n");
        String cut = "Host: x\r\nContent-Length: 1000\r\n\r\n{\"model\":\"" + key;
        client.raw("POST /v1/chat/completions HTTP/1.1\r\n" + bearer + cut);
        client.raw("POST /" + key + "/v1/chat/completions HTTP/1.1\r\n" + cut);
    }

    private static void misuseAdminApi(RawHttpClient client, String key) throws IOException {
        String keys = "/admin/v1/keys";
        String admin = admin(PASSWORD);
        for (String secret : List.of(key, OPENAI_KEY)) {
            client.post(keys, "{\"user\":\"" + secret + "\"}", admin);
            client.post(keys, "{\"user\":\"" + secret.toLowerCase(Locale.ROOT) + "\"}", admin);
            String label = "{\"user\":\"eve\",\"name\":\"%s\"}".formatted(secret);
            assertThat(client.post(keys, label, admin)).startsWith("HTTP/1.1 400");
            client.post(keys, "{\"user\":\"eve\",\"models\":[\"" + secret + "\"]}", admin);
            client.post(keys, "{\"user\":\"eve\",\"models\":[\"" + secret + " \"]}", admin);
            client.post(keys, "{\"user\":\"eve\",\"quota_usd\":\"" + secret + "\"}", admin);
            client.post(keys, "{\"user\":\"eve\",\"period\":\"" + secret + "\"}", admin);
            client.post(keys, "{\"user\":\"eve\",\"expires_at\":\"" + secret + "\"}", admin);
            client.post(keys, "{\"user\":\"eve\",\"" + secret + "\":1}", admin);
            client.post(keys, "{\"user\":" + secret + "}", admin);
            for (String list : List.of("keys", "calls", "quotas", "users", "prices")) {
                client.get("/admin/v1/" + list + "/" + secret, admin);
                client.get("/admin/v1/" + list + "?" + secret + "=1", admin);
            }
            client.get("/admin/v1/calls?state=" + secret + "&user=" + secret, admin);
            client.get("/admin/v1/usage?by=" + secret, admin);
            client.get("/admin/v1/usage?since=" + secret, admin);
            client.get("/admin/v1/quotas?scope=" + secret, admin);
            client.send("PATCH /admin/v1/quotas/key:" + secret + " HTTP/1.1", "{}", admin);
            client.send("DELETE /admin/v1/keys/" + secret + " HTTP/1.1", "", admin);
        }
        client.get("/admin/v1/status", "Authorization: Basic " + PASSWORD);
        client.get("/admin/v1/status", "Authorization: Bearer " + PASSWORD);
        client.get("/admin/v1/status?password=" + PASSWORD, admin);
        client.get("/admin/v1/status", admin(PASSWORD + "x"));
    }

    /** Reads everything that an administrator can read afterwards, including bodies. */
    private static void readAll(RawHttpClient client) throws IOException {
        String admin = admin(PASSWORD);
        String calls = client.get("/admin/v1/calls?limit=1000", admin);
        assertThat(calls).startsWith("HTTP/1.1 200");
        JsonNode page =
                DistributionFixture.JSON.readTree(calls.substring(calls.indexOf("\r\n\r\n") + 4));
        assertThat(page.path("data").size()).isGreaterThan(5);
        for (JsonNode call : page.path("data")) {
            client.get("/admin/v1/calls/" + call.path("id").asText(), admin);
        }
        for (String path :
                List.of("keys?all=true", "users", "quotas", "usage", "audit", "status")) {
            client.get("/admin/v1/" + path, admin);
        }
        assertThat(client.get("/metrics")).startsWith("HTTP/1.1 200");
    }

    private static void checkEnvFile(Path env) throws IOException {
        assertThat(Files.readString(env)).contains(OPENAI_KEY, PASSWORD);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(env)))
                .isEqualTo("rw-------");
    }

    private static String admin(String password) {
        return "Authorization: Basic " + login(password);
    }

    private static String login(String password) {
        byte[] plain = ("admin:" + password).getBytes(StandardCharsets.UTF_8);
        return Base64.getEncoder().encodeToString(plain);
    }

    /** All output of the server, and the secrets in it. */
    private record Traces(DistributionFixture fixture, RawHttpClient client) {
        List<String> of(List<String> secrets) throws IOException {
            List<String> traces = new ArrayList<>();
            for (String answer : client.answers()) {
                note(traces, secrets, "answer", answer);
            }
            for (Path folder : List.of(fixture.home(), fixture.logs())) {
                for (Path file : files(folder)) {
                    note(traces, secrets, file.toString(), text(file));
                }
            }
            Path process = Path.of("/proc", Long.toString(fixture.server().pid()), "cmdline");
            if (Files.exists(process)) {
                note(traces, secrets, "arguments", text(process));
            }
            return traces;
        }

        /** Only the last part of a key is secret; the search ignores case. */
        private static void note(
                List<String> traces, List<String> secrets, String place, String text) {
            for (String secret : secrets) {
                String part = secret.substring(secret.length() - 20).toLowerCase(Locale.ROOT);
                int at = text.toLowerCase(Locale.ROOT).indexOf(part);
                if (at >= 0) {
                    traces.add(place + ": " + text.substring(Math.max(0, at - 200), at + 20));
                }
            }
        }

        private static List<Path> files(Path folder) throws IOException {
            try (Stream<Path> all = Files.walk(folder)) {
                return all.filter(Files::isRegularFile).filter(f -> !f.endsWith(".env")).toList();
            }
        }

        private static String text(Path file) throws IOException {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        }
    }
}
