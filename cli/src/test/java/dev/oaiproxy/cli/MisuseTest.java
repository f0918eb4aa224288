package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a mistyped command line is told: what is wrong, and what was probably meant. */
class MisuseTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stauts | there is no command 'stauts'; did you mean 'status'?",
                "usr list | there is no command 'usr'; did you mean 'user'?",
                "keys list | there is no command 'keys'; did you mean 'key'?",
                "frobnicate | there is no command 'frobnicate'",
                "limit --help | there is no command 'limit'",
                "help limit | there is no command 'limit'",
                "key lst | `oaiproxy key` has no 'lst'; did you mean 'list'?",
                "calls shwo c1 | `oaiproxy calls` has no 'shwo'; did you mean 'show'?",
                "key | `oaiproxy key` needs one of create, list, show, revoke",
                "key create | `oaiproxy key create` needs --user",
                "key create bob | `oaiproxy key create` needs --user",
                "key create --usr bob"
                        + " | `oaiproxy key create`: there is no option --usr;"
                        + " did you mean --user?",
                "status --frmat=json"
                        + " | `oaiproxy status`: there is no option --frmat;"
                        + " did you mean --format?",
                "status now | `oaiproxy status` does not take 'now'",
                "key create -u bob --period monthly"
                        + " | --period is total, day, week or month, not 'monthly'; did you mean"
                        + " 'month'?",
                "usage --by user,modle"
                        + " | --by is user, key, model, operation, day or hour, not 'modle';"
                        + " did you mean 'model'?",
                "key list --limit many | --limit is a number, not 'many'",
            })
    void namesWhatWasProbablyMeant(String words, String what) {
        CommandRun run = new CommandRun(folder);

        int code = run.run(words.split(" "));

        assertThat(run.err().lines().findFirst()).hasValue("oaiproxy: " + what);
        assertThat(run.err().lines()).hasSize(2);
        assertThat(code).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void sendsTheReaderToTheHelpOfTheCommand() {
        CommandRun run = new CommandRun(folder);

        run.run("key", "create", "--usr", "bob");
        run.run("key", "lst");
        run.run("stauts");
        assertThat(run.err())
                .contains("see `oaiproxy key create --help`\n")
                .contains("it has create, list, show or revoke\n")
                .contains("see `oaiproxy --help`\n");
    }

    @Test
    void showsTheHelpOfACommand() {
        CommandRun run = new CommandRun(folder);

        assertThat(run.run("help", "key", "create")).isZero();
        assertThat(run.out()).startsWith("Usage: oaiproxy key create ");
        assertThat(run.run("help")).isZero();
        assertThat(run.out()).contains("Usage: oaiproxy ");
    }
}
