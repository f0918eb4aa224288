package dev.oaiproxy.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every source is formatted by google-java-format. The formatter runs here, and not in Maven,
 * because Maven's own Java may be too old to parse the sources.
 */
final class FormatTest {
    private static final String MEND =
            "not formatted: run mvn spotless:apply, with JAVA_HOME on a JDK 21 or newer";

    private static final Formatter FORMATTER =
            new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());

    @Test
    void everySourceIsFormatted() {
        Repository repository = Repository.ours();
        List<String> others =
                repository.files().stream()
                        .filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> !isFormatted(text(file)))
                        .map(repository::relative)
                        .toList();
        assertThat(others).as(MEND).isEmpty();
    }

    @Test
    void anotherFormIsSeen() {
        assertThat(isFormatted("class A {\n    int b;\n}\n")).isTrue();
        assertThat(isFormatted("class A {\n  int b;\n}\n")).isFalse();
        assertThat(isFormatted("import java.util.List;\n\nclass A {}\n")).isFalse();
        assertThat(isFormatted("import b.C;\nimport a.B;\n\nclass A {\n    B b;\n    C c;\n}\n"))
                .isFalse();
    }

    private static boolean isFormatted(String source) {
        try {
            String formatted = FORMATTER.formatSource(source);
            String used = RemoveUnusedImports.removeUnusedImports(formatted);
            // Imports in one block, as in Spotless.
            return ImportOrderer.reorderImports(used, Style.GOOGLE).equals(source);
        } catch (FormatterException unreadable) {
            return false;
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
