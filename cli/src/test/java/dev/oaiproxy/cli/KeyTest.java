package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyTest {
    private static final String SECRET = "sk-oap-k1-abcdefghijklmnopqrstuvwxyz";

    @TempDir Path folder;
    private final FakeServer server = new FakeServer();
    private CommandRun run;

    @BeforeEach
    void start() {
        run = CommandRun.against(server, folder);
        server.on(
                "POST /admin/v1/keys",
                new AdminApi.CreatedKey(SECRET, SampleAnswers.key("k1", "bob"), null));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void printsTheKeyAloneAndOnce() {
        assertThat(run.run("key", "create", "--user", "bob", "--quota", "5")).isZero();

        assertThat(run.out()).isEqualTo(SECRET + "\n");
        assertThat(run.err()).doesNotContain(SECRET).contains("k1", "5 USD", server.url() + "/v1");
    }

    @Test
    void saysThatUsersMayReachTheServerElsewhere() {
        run.run("key", "create", "--user", "bob");

        assertThat(run.err()).contains("OAIPROXY_PUBLIC_URL");
    }

    @Test
    void namesTheAddressOfUsersWhereTheServerKnowsIt() {
        server.on(
                "POST /admin/v1/keys",
                new AdminApi.CreatedKey(
                        SECRET, SampleAnswers.key("k1", "bob"), "https://ai.example.org/v1"));
        run.run("key", "create", "--user", "bob");

        assertThat(run.out()).isEqualTo(SECRET + "\n");
        assertThat(run.err())
                .contains("base_url = \"https://ai.example.org/v1\"")
                .doesNotContain(server.url().toString(), "OAIPROXY_PUBLIC_URL");
    }

    @Test
    void ordersTwentyDollarsUnlessToldOtherwise() {
        run.run("key", "create", "-u", "bob");

        assertThat(server.last().body())
                .contains("\"user\":\"bob\"", "\"quota_usd\":\"20\"", "\"expires_at\":null");
    }

    @Test
    void ordersAllThatItCanBeTold() {
        run.run(
                "key",
                "create",
                "--username",
                "bob",
                "-q",
                "none",
                "--period",
                "month",
                "--name",
                "laptop",
                "--expires",
                "90d",
                "--models",
                "gpt-4o*,o3",
                "--models",
                "gpt-5",
                "--rpm",
                "6",
                "--tpm",
                "7",
                "--parallel",
                "8");

        assertThat(server.last().body())
                .isEqualTo(
                        "{\"user\":\"bob\",\"quota_usd\":null,\"period\":\"month\","
                                + "\"name\":\"laptop\",\"expires_at\":\"2027-02-21T12:00:00Z\","
                                + "\"models\":[\"gpt-4o*\",\"o3\",\"gpt-5\"],"
                                + "\"rpm\":6,\"tpm\":7,\"parallel\":8}");
    }

    @Test
    void takesTheOriginalLettersOfTheAdminAndWarnsOfThePassword() {
        run.run("key", "create", "-u", "bob", "-a", "me", "-p", "other");

        assertThat(server.last().authorization()).isEqualTo("Basic bWU6b3RoZXI=");
        assertThat(run.err()).contains("warning", "PROXY_SERVER_PASS").doesNotContain("other");
    }

    @Test
    void asksAPersonForAPasswordThatIsNotKnown() {
        CommandRun person = new CommandRun(folder).answering("me", "other");
        person.run("key", "create", "-u", "bob", "--url", server.url());

        assertThat(server.last().authorization()).isEqualTo("Basic bWU6b3RoZXI=");
    }

    @Test
    void givesTheWholeAnswerAsJson() {
        run.run("key", "create", "-u", "bob", "--format", "json");

        assertThat(run.out()).startsWith("{\"secret\":\"" + SECRET + "\",\"key\":{\"id\":\"k1\"");
    }

    @Test
    void followsPagesUpToTheLimit() {
        var pages =
                List.of(
                                new Page<>(List.of(SampleAnswers.key("k1", "a")), "1"),
                                new Page<>(List.of(SampleAnswers.key("k2", "b")), "2"),
                                new Page<>(List.of(SampleAnswers.key("k3", "c")), (String) null))
                        .iterator();
        server.onEach("GET /admin/v1/keys", pages::next);
        run.run("key", "list", "--all", "--limit", "2");

        assertThat(run.out().lines().map(line -> line.split("\t", 2)[0]))
                .containsExactly("k1", "k2");
        assertThat(server.last().line()).isEqualTo("GET /admin/v1/keys?all=true&after=1");
        assertThat(run.err()).contains("more keys");
    }

    @Test
    void revokesByPublicId() {
        server.on("DELETE /admin/v1/keys/k1", SampleAnswers.key("k1", "bob"));

        assertThat(run.run("key", "revoke", "k1")).isZero();
        assertThat(run.err()).contains("revoked key k1 of bob");
    }

    @Test
    void readsABareScopeAsAUsersName() {
        server.on("PATCH /admin/v1/quotas/user%3Abob", SampleAnswers.quota("user:bob"));
        run.run("quota", "set", "bob", "10", "--period", "month");

        assertThat(server.last().body())
                .contains("\"limit_usd\":\"10\"", "\"add_usd\":null", "\"period\":\"month\"");
        assertThat(run.out()).startsWith("user:bob\t5\ttotal\t1.25\t0.000125\t3.749875");
    }

    @Test
    void addsANegativeAmount() {
        server.on("PATCH /admin/v1/quotas/key%3Ak1", SampleAnswers.quota("key:k1"));

        assertThat(run.run("quota", "add", "key:k1", "-0.5")).isZero();
        assertThat(server.last().body()).contains("\"add_usd\":\"-0.5\"");
    }
}
