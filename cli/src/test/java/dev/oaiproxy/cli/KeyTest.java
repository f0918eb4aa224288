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
        assertThat(run.err())
                .doesNotContain(SECRET)
                .contains("k1", "5.00 USD", server.url() + "/v1");
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
        server.on("GET /admin/v1/keys/k1", SampleAnswers.key("k1", "bob"));
        server.on("DELETE /admin/v1/keys/k1", SampleAnswers.key("k1", "bob"));

        assertThat(run.run("key", "revoke", "k1")).isZero();
        assertThat(run.err()).isEqualTo("revoked key k1 of bob\n");
    }

    @Test
    void revokesSeveralKeysOrNone() {
        for (String id : List.of("k1", "k2")) {
            server.on("GET /admin/v1/keys/" + id, SampleAnswers.key(id, "bob"));
            server.on("DELETE /admin/v1/keys/" + id, SampleAnswers.key(id, "bob"));
        }
        server.on("GET /admin/v1/users", new Page<>(List.of(), null));
        server.refuse("GET /admin/v1/keys/k3", 404, "no key k3");

        assertThat(run.run("key", "revoke", "k1", "k2", "k3")).isEqualTo(1);
        assertThat(server.asked()).noneMatch(asked -> asked.line().startsWith("DELETE"));
        assertThat(run.run("key", "revoke", "k1", "k2", "k1")).isZero();
        assertThat(run.err()).endsWith("revoked key k1 of bob\nrevoked key k2 of bob\n");
        assertThat(run.out().lines()).hasSize(2).allMatch(line -> line.contains("\tbob\t"));
    }

    @Test
    void asksAPersonBeforeItRevokes() {
        server.on("GET /admin/v1/keys/k1", SampleAnswers.key("k1", "bob"));
        server.on("DELETE /admin/v1/keys/k1", SampleAnswers.key("k1", "bob"));

        assertThat(run.atTerminal().answering("").run("key", "revoke", "k1")).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo(
                        """
                        key k1 of bob (laptop), 1.25 of 5.00 USD spent (total)
                        oaiproxy: nothing was changed
                        to go on, answer y, or give --yes
                        """);
        assertThat(server.asked()).noneMatch(asked -> asked.line().startsWith("DELETE"));
        assertThat(run.answering("y").run("key", "revoke", "k1")).isZero();
        assertThat(run.run("key", "revoke", "k1", "--yes")).isZero();
    }

    @Test
    void saysThatANameIsOfAUserAndNotOfAKey() {
        server.refuse("GET /admin/v1/keys/bob", 404, "no key bob");
        server.on("GET /admin/v1/users", new Page<>(List.of(user("bob")), null));

        assertThat(run.run("key", "revoke", "bob")).isEqualTo(1);
        assertThat(run.err()).contains("a user is called so", "`oaiproxy key list --user bob`");
    }

    @Test
    void takesTheIdOfAKeyWhereAScopeIs() {
        server.refuse("PATCH /admin/v1/quotas/user%3Ak1", 404, "no quota of user:k1");
        server.on("PATCH /admin/v1/quotas/key%3Ak1", SampleAnswers.quota("key:k1"));

        assertThat(run.run("quota", "add", "k1", "5")).isZero();
        assertThat(run.out()).startsWith("key:k1\t");
    }

    @Test
    void namesWhoIsMeantByAMisspeltScope() {
        server.refuse("GET /admin/v1/quotas/user%3Abbo", 404, "no quota of user:bbo");
        server.refuse("GET /admin/v1/quotas/key%3Abbo", 404, "no quota of key:bbo");
        server.on("GET /admin/v1/users", new Page<>(List.of(user("al"), user("bob")), null));

        assertThat(run.run("quota", "show", "bbo")).isEqualTo(1);
        assertThat(run.err()).contains("no user and no key is called 'bbo'; did you mean 'bob'?");
    }

    @Test
    void namesTheKeyWhoseLimitIsMeantWhereTheUserHasNone() {
        var none =
                new AdminApi.Quota(
                        "user:bob",
                        null,
                        "total",
                        "1.25",
                        "0",
                        null,
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        null);
        server.refuse("PATCH /admin/v1/quotas/user%3Abob", 400, "there is no limit to add to");
        server.on("GET /admin/v1/quotas/user%3Abob", none);
        server.on("GET /admin/v1/keys", new Page<>(List.of(SampleAnswers.key("k1", "bob")), null));

        assertThat(run.run("quota", "add", "bob", "5")).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo(
                        """
                        oaiproxy: bob has no limit to add to; the limit is on a key
                        key k1 (laptop) binds first: 3.7499 of its 5.00 USD (total) left
                        to raise it: `oaiproxy quota add key:k1 5`
                        """);
    }

    @Test
    void saysWhichLimitStillBindsAfterAChange() {
        var ten =
                new AdminApi.Quota(
                        "user:bob",
                        "10",
                        "total",
                        "1.25",
                        "0",
                        "8.75",
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        null);
        server.on("PATCH /admin/v1/quotas/user%3Abob", ten);
        server.on("GET /admin/v1/keys", new Page<>(List.of(SampleAnswers.key("k1", "bob")), null));

        assertThat(run.run("quota", "set", "bob", "10")).isZero();
        assertThat(run.err()).contains("binds first", "`oaiproxy quota add key:k1 10`");
    }

    @Test
    void asksAPersonBeforeALimitThatStopsEverybody() {
        server.on("GET /admin/v1/quotas/everyone", SampleAnswers.quota("everyone"));
        server.on("PATCH /admin/v1/quotas/everyone", SampleAnswers.quota("everyone"));

        assertThat(run.answering("n").run("quota", "set", "everyone", "1")).isEqualTo(1);
        assertThat(server.asked()).noneMatch(asked -> asked.line().startsWith("PATCH"));
        assertThat(run.run("quota", "set", "everyone", "2")).isZero();
    }

    @Test
    void tellsOfANewUserWhoseNameIsLikeAnothers() {
        server.on("GET /admin/v1/users", new Page<>(List.of(user("bobb")), null));

        run.run("key", "create", "--user", "bob");
        assertThat(run.err()).contains("created the user bob; did you mean 'bobb'?");
    }

    @Test
    void aListOfTheKeysOfNobodyIsAnError() {
        server.on("GET /admin/v1/keys", new Page<>(List.of(), null));
        server.on("GET /admin/v1/users", new Page<>(List.of(user("bob")), null));

        assertThat(run.run("key", "list", "--user", "bobb")).isEqualTo(1);
        assertThat(run.err()).contains("there is no user 'bobb'; did you mean 'bob'?");
        assertThat(run.run("key", "list", "--user", "bob")).isZero();
    }

    @Test
    void sortsUsersByWhatIsLeftOfTheirQuotas() {
        server.on("GET /admin/v1/users", new Page<>(List.of(user("al"), user("bob")), null));
        server.on(
                "GET /admin/v1/quotas", new Page<>(List.of(SampleAnswers.quota("user:bob")), null));

        run.run("user", "list", "--sort", "left");
        assertThat(run.out())
                .isEqualTo(
                        """
                        bob\tactive\t1\t1.25\t2026-11-01T00:00:00.000Z\t5\ttotal\t3.749875
                        al\tactive\t1\t1.25\t2026-11-01T00:00:00.000Z\t\t\t
                        """);
    }

    private static AdminApi.User user(String name) {
        return new AdminApi.User(name, "active", "2026-11-01T00:00:00.000Z", 1, "1.25");
    }

    @Test
    void readsABareScopeAsAUsersName() {
        server.on("PATCH /admin/v1/quotas/user%3Abob", SampleAnswers.quota("user:bob"));
        run.run("quota", "set", "bob", "10", "--period", "month");

        assertThat(server.asked().getFirst().body())
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
