package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.OfflineTools;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabasesTest {
    @TempDir Path folder;

    /** A copier that records its arguments. */
    private static final class Copier extends FakeOfflineTools {
        private final int findings;
        private final long waiting;

        Copier(int findings, long waiting) {
            this.findings = findings;
            this.waiting = waiting;
        }

        @Override
        public CopyResult backUp(Path file) {
            return new CopyResult(
                    "sqlite proxy_api.db", file.toString(), 5, "1.5", findings, waiting);
        }

        @Override
        public CopyResult copy(Path home, Consumer<CopyProgress> progress) {
            if (home.toString().equals("taken")) {
                throw new IllegalArgumentException("it holds an installation already");
            }
            progress.accept(new CopyProgress("calls", 500, 1200));
            return new CopyResult("sqlite proxy_api.db", home.toString(), 5, "1.5", 0, 0);
        }
    }

    private CommandRun run(OfflineTools tools) {
        return new CommandRun(folder).with(tools);
    }

    @Test
    void saysWhatTheCopyHolds() {
        CommandRun run = run(new Copier(0, 0));
        assertThat(run.run("db", "backup", "ledger.db")).isZero();
        assertThat(run.err())
                .isEqualTo("sqlite proxy_api.db -> ledger.db: 5 calls, 1.5 USD charged\n");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void warnsOfWhatIsNotInTheCopy() {
        CommandRun run = run(new Copier(0, 3));
        assertThat(run.run("db", "backup", "ledger.db")).isZero();
        assertThat(run.err()).contains("3 charges wait in spool/");
    }

    @Test
    void failsWhenTheBooksOfTheCopyDiffer() {
        CommandRun run = run(new Copier(2, 0));
        assertThat(run.run("db", "backup", "ledger.db")).isEqualTo(1);
        assertThat(run.err()).contains("do not balance");
    }

    @Test
    void showsHowFarACopyHasCome() {
        CommandRun run = run(new Copier(0, 0));
        assertThat(run.run("db", "copy", "--to", "there")).isZero();
        assertThat(run.err()).startsWith("calls: 500 of 1200 rows\n").contains("-> there");
    }

    @Test
    void saysWhyItCannotBeDone() {
        CommandRun run = run(new Copier(0, 0));
        assertThat(run.run("db", "copy", "--to", "taken")).isEqualTo(1);
        assertThat(run.err()).contains("it holds an installation already");
        assertThat(run.run("db", "copy")).isEqualTo(2);
    }
}
