package dev.oaiproxy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvFileTest {
    /** The form of the original's .env, with lines of every other kind. */
    private static final String ORIGINAL =
            """
            # The settings of the proxy
            OPENAI_API_KEY = "sk-one" # from the dashboard
            export DB_OPTION=SQLite
            DB_PASSWORD='it''s'
            PROXY_SERVER_PASS = 'pa#ss word'
            DB_HOST=localhost   # the usual

            what is this line
            EMPTY=
            HASH=a#b
            """;

    @TempDir Path folder;

    @Test
    void readsPlainQuotedExportedAndCommentedLines() {
        Map<String, String> values = EnvFile.parse(ORIGINAL).values();

        assertThat(values)
                .containsExactly(
                        Map.entry("OPENAI_API_KEY", "sk-one"),
                        Map.entry("DB_OPTION", "SQLite"),
                        Map.entry("PROXY_SERVER_PASS", "pa#ss word"),
                        Map.entry("DB_HOST", "localhost"),
                        Map.entry("EMPTY", ""),
                        Map.entry("HASH", "a#b"));
    }

    @Test
    void readsAValueThatIsOnlyACommentAsEmpty() {
        assertThat(EnvFile.parse("DB_NAME= # none yet").values()).containsEntry("DB_NAME", "");
    }

    @Test
    void readsBareValuesWithSpacesAndWindowsLineEnds() {
        EnvFile file = EnvFile.parse("\uFEFFA=one two  \r\nB=2\r\n");

        assertThat(file.values()).containsEntry("A", "one two").containsEntry("B", "2");
    }

    @Test
    void changesOneLineAndKeepsAllOthers() {
        EnvFile changed =
                EnvFile.parse(ORIGINAL).with(Map.of("OPENAI_API_KEY", "sk-two", "NEW", "a b"));

        assertThat(changed.text())
                .isEqualTo(ORIGINAL.replace("\"sk-one\"", "sk-two") + "NEW=\"a b\"\n");
    }

    @Test
    void changesTheLastOfTwoLinesBecauseThatOneCounts() {
        EnvFile file = EnvFile.parse("A=1\nA=2\n").with(Map.of("A", "3"));

        assertThat(file.text()).isEqualTo("A=1\nA=3\n");
        assertThat(file.values()).containsEntry("A", "3");
    }

    @Test
    void readsBackWhateverItWrites() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        String alphabet = "ab #'\"\\$`=\té€!;&|<>(){}*?~-";
        for (int round = 0; round < 2_000; round++) {
            var value = new StringBuilder();
            random.ints(random.nextInt(12), 0, alphabet.length())
                    .forEach(i -> value.append(alphabet.charAt(i)));
            String text = EnvFile.parse("").with(Map.of("K", value.toString())).text();
            assertThat(EnvFile.parse(text).values())
                    .as("seed %d, written %s", seed, text)
                    .containsEntry("K", value.toString());
        }
    }

    @Test
    void writesForTheOwnerOnlyAndLeavesNoDraft() throws IOException {
        Path path = folder.resolve(".env");
        EnvFile.read(path).with(Map.of("A", "1")).write(path);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files.toList()).isEqualTo(List.of(path));
        }
        assertThat(EnvFile.read(path).values()).containsEntry("A", "1");
    }

    @Test
    void writesThroughASymbolicLink() throws IOException {
        Path real = Files.writeString(folder.resolve("real.env"), "A=1\n");
        Path link = Files.createSymbolicLink(folder.resolve(".env"), real);
        EnvFile.read(link).with(Map.of("A", "2")).write(link);

        assertThat(link).isSymbolicLink();
        assertThat(Files.readString(real)).isEqualTo("A=2\n");
    }

    @Test
    void refusesWhatWouldBreakTheFileWithoutNamingTheValue() {
        EnvFile empty = EnvFile.parse("");
        var lineBreak = new LinkedHashMap<>(Map.of("A", "secret\nB=2"));

        assertThatThrownBy(() -> empty.with(lineBreak))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> empty.with(Map.of("A B", "1")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesKeysButNotValues() {
        assertThat(EnvFile.parse("A=secret")).hasToString("EnvFile[A]");
    }
}
