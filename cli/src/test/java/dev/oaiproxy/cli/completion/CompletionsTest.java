package dev.oaiproxy.cli.completion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.CommandRun;
import dev.oaiproxy.cli.FakeServer;
import dev.oaiproxy.cli.SampleAnswers;
import dev.oaiproxy.cli.command.Commands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionsTest {
    private static final Path FOLDER = Path.of("..", "completions");

    @ParameterizedTest
    @CsvSource({"bash,oaiproxy.bash", "zsh,_oaiproxy", "fish,oaiproxy.fish"})
    void areWhatTheirGeneratorMakes(String shell, String file) throws IOException {
        Path path = FOLDER.resolve(file);

        assertThat(Files.readString(path))
                .withFailMessage(
                        "completions/%s is old; at the top of the repository run:%n"
                                + "  ./oaiproxy completion %s > completions/%s",
                        file, shell, file)
                .isEqualTo(script(shell));
    }

    @ParameterizedTest
    @CsvSource({"bash", "zsh", "fish"})
    void areWhatTheCommandPrints(String shell) {
        CommandRun run = new CommandRun(FOLDER);

        assertThat(run.run("completion", shell)).isZero();
        assertThat(run.out()).isEqualTo(script(shell));
    }

    /** Bash itself, with a program that knows two keys. */
    @ParameterizedTest
    @CsvSource({
        "key show '', k1 k2",
        "key show k2, k2",
        "key list --user '', k1 k2",
        "quota add '', k1 k2",
        "usage --model k, k1 k2",
        "key sh, show",
        "complet, completion"
    })
    void namesComeFromTheProgram(String words, String found) throws Exception {
        String typed = words.replace("''", "\"\"");
        int count = words.split(" ").length;
        String script =
                "source completions/oaiproxy.bash; compopt() { :; };"
                        + " oaiproxy() { printf 'k1\\tbob\\nk2\\tal\\n'; };"
                        + " COMP_WORDS=(oaiproxy "
                        + typed
                        + "); COMP_CWORD="
                        + count
                        + ";"
                        + " _complete_oaiproxy; echo \"${COMPREPLY[@]}\"";
        Process bash =
                new ProcessBuilder("bash", "-c", script)
                        .directory(Path.of("..").toFile())
                        .redirectErrorStream(true)
                        .start();
        String shown = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shown.strip().split("\\s+")).containsExactly(found.split(" "));
    }

    @Test
    void namesAreThoseOfTheServerWithoutWhatAShellWouldExpand() {
        try (FakeServer server = new FakeServer()) {
            server.on(
                    "GET /admin/v1/keys",
                    new Page<>(List.of(SampleAnswers.key("k1", "bob")), null));
            server.on(
                    "GET /admin/v1/users",
                    new Page<>(List.of(user("al"), user("$(rm -rf x)"), user("bob")), null));
            CommandRun run = CommandRun.against(server, FOLDER);

            assertThat(run.run("complete", "users")).isZero();
            assertThat(run.run("complete", "scopes")).isZero();
            assertThat(run.out()).isEqualTo("al\nbob\neveryone\nal\nbob\nkey:k1\tbob laptop\n");
            assertThat(run.run("complete", "models")).isZero();
            assertThat(run.err()).isEmpty();
        }
    }

    @Test
    void namesAreNotAskedForWithoutALogin() {
        CommandRun run = new CommandRun(FOLDER).answering();

        assertThat(run.run("complete", "keys")).isZero();
        assertThat(run.out() + run.err()).isEmpty();
    }

    private static AdminApi.User user(String name) {
        return new AdminApi.User(name, "active", "", 1, "0");
    }

    private static String script(String shell) {
        var line = Commands.of(new CommandRun(FOLDER).context());
        return switch (shell) {
            case "bash" -> CompletionScripts.bash(line);
            case "zsh" -> CompletionScripts.zsh(line);
            default -> CompletionScripts.fish(line);
        };
    }
}
