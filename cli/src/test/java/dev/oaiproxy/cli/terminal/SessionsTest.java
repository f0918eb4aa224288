package dev.oaiproxy.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.FakeServer;
import dev.oaiproxy.cli.SampleAnswers;
import dev.oaiproxy.cli.terminal.TerminalRun.Program;
import dev.oaiproxy.cli.terminal.TerminalRun.TerminalOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a person and the program say to each other on a terminal of 80 columns. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
final class SessionsTest {
    @TempDir private Path folder;
    private final FakeServer server = new FakeServer();
    private Program program = new Program(Path.of(""), "", Map.of());

    @BeforeEach
    void install() throws IOException {
        program = Installation.in(folder, server).with("NO_COLOR", "1");
        for (String id : List.of("k1", "k2")) {
            server.on("GET /admin/v1/keys/" + id, SampleAnswers.key(id, "bob"));
            server.on("DELETE /admin/v1/keys/" + id, SampleAnswers.key(id, "bob"));
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void revokingAsksAndSaysOneLineForEachKey() {
        try (TerminalRun no = program.on(80, "key", "revoke", "k1", "k2")) {
            TerminalOutput left = no.answer("Revoke these 2 keys for good? [y/N]: ", "n").end();
            assertThat(left.code()).isEqualTo(1);
            assertThat(left.text()).contains("nothing was changed");
        }
        assertThat(server.asked()).noneMatch(asked -> asked.line().startsWith("DELETE"));
        try (TerminalRun yes = program.on(80, "key", "revoke", "k1", "k2")) {
            TerminalOutput done = yes.answer("[y/N]: ", "y").end();
            assertThat(done.code()).isZero();
            assertThat(done.text())
                    .startsWith("key k1 of bob (laptop), 1.25 of 5.00 USD spent (total)\n")
                    .endsWith("revoked key k1 of bob\nrevoked key k2 of bob\n");
            assertThat(done.widest()).isLessThanOrEqualTo(80);
        }
        assertThat(program.pipe("key", "revoke", "k1").code()).isZero();
    }

    @Test
    void theProgramNamesItselfAsItWasCalled() throws IOException {
        Path launcher = folder.resolve("installed/bin/oaiproxy");
        Files.createSymbolicLink(folder.resolve("proxy"), launcher);
        Program linked = new Program(folder, "./proxy", program.variables());

        assertThat(linked.run("key", "create").text())
                .contains("oaiproxy: `./proxy key create` needs --user")
                .contains("see `./proxy key create --help`");
        assertThat(linked.run("help", "key", "list").text())
                .startsWith("Usage: ./proxy key list ")
                .contains("\n  ./proxy key list --user bob --all ");
        assertThat(program.run("stauts").text())
                .isEqualTo(
                        """
                        oaiproxy: there is no command 'stauts'; did you mean 'status'?
                        see `oaiproxy --help`
                        """);
    }

    @Test
    void everyHelpFitsTheTerminal() {
        TerminalOutput help = program.run("help");

        assertThat(help.code()).isZero();
        assertThat(help.widest()).isLessThanOrEqualTo(80);
        assertThat(program.run("help", "usage").widest()).isLessThanOrEqualTo(80);
        assertThat(program.run("help", "key", "create").widest()).isLessThanOrEqualTo(80);
    }

    @Test
    void addingToAUserWhoseKeyHasTheLimitSaysWhatToType() {
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

        TerminalOutput refused = program.run("quota", "add", "bob", "5");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.widest()).isLessThanOrEqualTo(80);
        assertThat(refused.text()).contains("key k1 (laptop)", "quota add key:k1 5`");
    }

    @Test
    void setupAsksAgainAndNeverShowsASecret() throws IOException {
        Program alone = program.with("OAIPROXY_URL", "http://localhost:1");
        alone = new Program(folder, "oaiproxy", withoutLogin(alone.variables()));
        try (TerminalRun run = alone.on(80, "setup", "--offline")) {
            TerminalOutput done =
                    run.answer("api-keys): ", "sk-mine-and-secret")
                            .answer("New admin user (Enter: admin): ", "")
                            .answer("one is made for you): ", "hard-2-guess-it")
                            .answer("The same again: ", "hard-3-guess-it")
                            .answer("one is made for you): ", "hard-4-guess-it")
                            .answer("The same again: ", "hard-4-guess-it")
                            .answer("none, costs only): ", "30")
                            .end();
            assertThat(done.code()).as(done.text()).isZero();
            assertThat(done.text())
                    .contains("no server runs at http://localhost:1, so this writes ")
                    .contains("the two passwords differ", "wrote ")
                    .doesNotContain("secret", "guess");
        }
        assertThat(Files.readString(folder.resolve(".env")))
                .contains(
                        "OPENAI_API_KEY=sk-mine-and-secret\n",
                        "PROXY_SERVER_USER=admin\n",
                        "PROXY_SERVER_PASS=hard-4-guess-it\n",
                        "OAIPROXY_TRACKING_KEEP=30d\n");
    }

    private static Map<String, String> withoutLogin(Map<String, String> variables) {
        Map<String, String> fewer = new HashMap<>(variables);
        fewer.keySet().removeIf(name -> name.startsWith("PROXY_SERVER_"));
        return fewer;
    }
}
