package dev.oaiproxy.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Error Prone and NullAway find nothing in any source. They run here, once over all modules, and
 * not with the compiler of each, which they would make four times as slow.
 */
final class ErrorProneTest {
    private static final List<String> OPTIONS =
            List.of(
                    "--release",
                    "25",
                    "-implicit:none",
                    "-proc:none",
                    "-Xlint:none",
                    "-Xmaxerrs",
                    "1000",
                    "-Xmaxwarns",
                    "1000",
                    "-XDcompilePolicy=simple",
                    // Nothing is to be generated.
                    "--should-stop=ifError=FLOW",
                    "--should-stop=ifNoError=FLOW",
                    "-XDaddTypeAnnotationsToSymbol=true",
                    "-Xplugin:ErrorProne"
                            + " -XepDisableWarningsInGeneratedCode"
                            + " -Xep:NullAway:ERROR"
                            + " -XepOpt:NullAway:OnlyNullMarked=true"
                            + " -XepOpt:NullAway:JSpecifyMode=true",
                    "-processorpath",
                    System.getProperty("java.class.path"));

    @Test
    void findsNothing() {
        Repository repository = Repository.ours();
        List<Path> sources =
                repository.files().stream()
                        .filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> isOfAModule(repository.relative(file)))
                        .toList();
        assertThat(findings(sources)).isEmpty();
    }

    @Test
    void seesWhatErrorProneAndNullAwayLookFor(@TempDir Path folder) throws IOException {
        Path source =
                Files.writeString(
                        folder.resolve("Wrong.java"),
                        """
                        package wrong;

                        @org.jspecify.annotations.NullMarked
                        final class Wrong {
                            String none() {
                                return null;
                            }

                            boolean same(Integer a, Integer b) {
                                return a == b;
                            }
                        }
                        """);
        assertThat(findings(List.of(source)))
                .anyMatch(finding -> finding.contains("[NullAway]"))
                .anyMatch(finding -> finding.contains("[BoxedPrimitiveEquality]"));
    }

    /** The programs of other folders are run from their source. */
    private static boolean isOfAModule(String file) {
        return !file.startsWith("bench/") && !file.startsWith("packaging/");
    }

    private static List<String> findings(List<Path> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager disk =
                compiler.getStandardFileManager(found, Locale.ROOT, StandardCharsets.UTF_8)) {
            compiler.getTask(
                            null,
                            disk,
                            found,
                            OPTIONS,
                            null,
                            disk.getJavaFileObjectsFromPaths(sources))
                    .call();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return found.getDiagnostics().stream()
                .filter(finding -> finding.getKind() != Diagnostic.Kind.NOTE)
                .map(Diagnostic::toString)
                .toList();
    }
}
