package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitCodeTest {
    @TempDir Path folder;
    private final FakeServer server = new FakeServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void isOneAndSaysHowToStartWhenThereIsNoServer() throws IOException {
        CommandRun run =
                CommandRun.against(server, folder)
                        .variable("OAIPROXY_URL", "http://localhost:" + free());

        assertThat(run.run("status")).isEqualTo(1);
        assertThat(run.err()).contains("no server at").contains("oaiproxy serve");
        assertThat(run.err().lines()).hasSize(2);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void isFourAndNamesTheVariablesWhenTheLoginIsWrong() {
        server.refuse("GET /admin/v1/status", 401, "no");
        CommandRun run = CommandRun.against(server, folder);

        assertThat(run.run("status")).isEqualTo(4);
        assertThat(run.err()).contains("PROXY_SERVER_USER", "PROXY_SERVER_PASS");
        assertThat(run.err()).doesNotContain("pass-word");
    }

    @Test
    void isFourWhenForbidden() {
        server.refuse("GET /admin/v1/audit", 403, "throttled");

        assertThat(CommandRun.against(server, folder).run("audit")).isEqualTo(4);
    }

    @Test
    void isFourWithoutAskingWhenThereIsNoLoginAndNobodyToAsk() {
        CommandRun run = new CommandRun(folder).variable("OAIPROXY_URL", server.url());

        assertThat(run.run("status")).isEqualTo(4);
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void isTwoForWhatMakesNoSense() {
        assertThat(new CommandRun(folder).run("nonsense")).isEqualTo(2);
        assertThat(new CommandRun(folder).run("key")).isEqualTo(2);
        assertThat(new CommandRun(folder).run("key", "create")).isEqualTo(2);
        assertThat(CommandRun.against(server, folder).run("usage", "--since", "soon")).isEqualTo(2);
        assertThat(CommandRun.against(server, folder).run("quota", "set", "bob", "1.5e3"))
                .isEqualTo(2);
        assertThat(CommandRun.against(server, folder).run("quota", "set", "bob")).isEqualTo(2);
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void isOneForAnAnswerThatIsNoneOfOurs() {
        server.on("GET /admin/v1/status", "<html>hello</html>");
        CommandRun run = CommandRun.against(server, folder);

        assertThat(run.run("status")).isEqualTo(1);
        assertThat(run.err()).contains("not like an oaiproxy server");
    }

    @Test
    void isOneWithTheServersOwnWordsForAProblem() {
        server.refuse("GET /admin/v1/keys/k9", 404, "there is no key k9");
        CommandRun run = CommandRun.against(server, folder);

        server.on("GET /admin/v1/users", new AdminApi.Page<>(List.of(), null));

        assertThat(run.run("key", "show", "k9")).isEqualTo(1);
        assertThat(run.err()).contains("there is no key k9");
    }

    @Test
    void isZeroForHelpAndVersion() {
        assertThat(new CommandRun(folder).run("--help")).isZero();
        assertThat(new CommandRun(folder).run("--version")).isZero();
        assertThat(new CommandRun(folder).run("version")).isZero();
        assertThat(new CommandRun(folder).run()).isZero();
    }

    @Test
    void isThatOfTheProgramItRuns() {
        CommandRun serve = new CommandRun(folder);
        CommandRun sandbox = new CommandRun(folder);

        assertThat(serve.run("serve", "--port", "0", "--home", "/x")).isZero();
        assertThat(serve.programSettings()).isEqualTo(Map.of("server.port", "0", "home", "/x"));
        assertThat(sandbox.run("sandbox", "--port", "1", "--key", "k")).isEqualTo(7);
        assertThat(sandbox.programSettings())
                .isEqualTo(Map.of("sandbox.port", "1", "sandbox.api-key", "k"));
    }

    @Test
    void neverShowsAPasswordThatAnAddressCarries() {
        CommandRun run = CommandRun.against(server, folder);

        assertThat(run.run("status", "--url", "http://me:hunter2@localhost:1")).isEqualTo(2);
        assertThat(run.err()).doesNotContain("hunter2");
    }

    @Test
    void neverShowsAKeyThatStandsWhereItShouldNot() {
        CommandRun run = CommandRun.against(server, folder);

        assertThat(run.run("key", "show", "sk-secret-of-openai")).isEqualTo(2);
        assertThat(run.run("status", "sk-oap-abc-secret")).isEqualTo(2);
        assertThat(run.run("status", "ek_secret")).isEqualTo(2);
        assertThat(run.err()).doesNotContain("secret");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void takesAKeyForItsIdAndNeverSendsIt() {
        server.on("GET /admin/v1/keys/abc", SampleAnswers.key("abc", "bob"));
        server.on("GET /admin/v1/quotas/key%3Aabc", SampleAnswers.quota("key:abc"));
        CommandRun run = CommandRun.against(server, folder);

        assertThat(run.run("key", "show", "sk-oap-abc-secret")).isZero();
        assertThat(run.run("quota", "show", "sk-oap-abc-secret")).isZero();
        assertThat(run.run("quota", "show", "key:sk-oap-abc-secret")).isZero();
        assertThat(server.asked()).hasSize(3).noneMatch(asked -> asked.line().contains("secret"));
        assertThat(run.out() + run.err()).doesNotContain("secret");
    }

    @Test
    void isTwoForAValueThatTheServerDoesNotTake() {
        server.refuse("POST /admin/v1/keys", 400, "expires_at has already passed");
        CommandRun run = CommandRun.against(server, folder);

        assertThat(run.run("key", "create", "--user", "bob", "--expires", "2020-01-01"))
                .isEqualTo(2);
        assertThat(run.err())
                .contains("oaiproxy: --expires has already passed\n")
                .contains("see `oaiproxy key create --help`\n");
    }

    @Test
    void takesTheLoginFromTheFileInTheFolder() throws IOException {
        Files.writeString(
                folder.resolve(".env"),
                "PROXY_SERVER_USER = \"u\" # admin\nPROXY_SERVER_PASS=p\nOAIPROXY_URL="
                        + server.url());
        server.refuse("GET /admin/v1/status", 409, "later");
        new CommandRun(folder).run("status");

        assertThat(server.last().authorization()).isEqualTo("Basic dTpw");
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
