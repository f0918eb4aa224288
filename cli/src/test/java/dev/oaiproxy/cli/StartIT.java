package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.cli.InstalledProgram.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start loads: classes are counted, since times differ from machine to machine. */
final class StartIT {
    /**
     * With it, the launcher gives Java no cache: Java loads all classes of a cache, also those that
     * the command does not need.
     */
    private static final String WITHOUT_CACHE = "-Xshare:auto ";

    private static final int MOST_CLASSES_OF_HELP = 1_600;

    @TempDir Path folder;

    @Test
    void helpLoadsNeitherJsonNorHttpNorServer() throws Exception {
        CommandResult help = program(WITHOUT_CACHE).run("--help");
        assertThat(help.out()).containsPattern("Usage: [\\w./-]*oaiproxy \\[-hV]");
        assertThat(loaded())
                .hasSizeLessThan(MOST_CLASSES_OF_HELP)
                .noneMatch(
                        line ->
                                line.contains(" com.fasterxml.")
                                        || line.contains(" java.net.http.")
                                        || line.contains(" dev.oaiproxy.app.")
                                        || line.contains("ConnectionOptions"));
    }

    @Test
    void commandsAndServerStartFromTheCache() throws Exception {
        program("").run("--version");
        assertThat(loaded())
                .anyMatch(line -> line.matches(".* dev\\.oaiproxy\\.cli\\.Main .*shared objects.*"))
                .anyMatch(line -> line.matches(".* picocli\\.CommandLine .*shared objects.*"));
        server("").close();
        assertThat(loaded())
                .anyMatch(line -> line.matches(".* dev\\.oaiproxy\\.app\\..*shared objects.*"));
    }

    @Test
    void nothingIsSaidOfACacheForOtherOptions() throws Exception {
        CommandResult version = program("-XX:-UseCompressedOops ").run("--version");
        assertThat(version.code()).isZero();
        assertThat(version.out()).startsWith("oaiproxy ").hasLineCount(1);
        assertThat(version.err()).doesNotContain("cache", "CDS");
    }

    @Test
    void serverOnCompleteTablesLoadsNoFlywayAndNoOtherDriver() throws Exception {
        server(WITHOUT_CACHE).close();
        assertThat(loaded()).anyMatch(line -> line.contains(" org.flywaydb.core.Flyway "));
        server(WITHOUT_CACHE).close();
        assertThat(loaded())
                .noneMatch(
                        line ->
                                line.contains(" org.flywaydb.core.Flyway ")
                                        || line.contains(" org.flywaydb.core.internal.")
                                        || line.contains(" picocli.CommandLine$Model")
                                        || line.contains(" org.postgresql.")
                                        || line.contains(" com.mysql.")
                                        || line.contains(" com.microsoft."));
    }

    private ListeningProcess server(String options) throws Exception {
        return program(options).start("serve");
    }

    private InstalledProgram program(String options) {
        return new InstalledProgram(
                folder,
                Map.of(
                        "JDK_JAVA_OPTIONS",
                        options + "-Xlog:class+load:file=" + folder.resolve("classes"),
                        "OAIPROXY_PORT",
                        "0",
                        "OPENAI_API_KEY",
                        "sk-none",
                        "PROXY_SERVER_USER",
                        "admin",
                        "PROXY_SERVER_PASS",
                        "hard-2-guess-it"));
    }

    private List<String> loaded() throws Exception {
        return Files.readAllLines(folder.resolve("classes"));
    }
}
