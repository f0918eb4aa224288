package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages are linked: the README is short and leads to the others, and no link is dead. */
class DocumentPagesTest {
    private static final int MOST_LINES_OF_THE_README = 150;
    private static final Pattern LINK =
            Pattern.compile("\\]\\((?!https?:)([^)#]*)(?:#([^)]*))?\\)");
    private static final Pattern SOURCE = Pattern.compile("`(?:[\\w/]+/)?(\\w+\\.java)`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Path README = DocumentPages.TOP.resolve("README.md");
    private static final Path ADR = DocumentPages.TOP.resolve("docs/adr");

    static List<Path> pages() throws IOException {
        return DocumentPages.all();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(Path page) {
        assertThat(LINK.matcher(DocumentPages.text(page)).results())
                .allSatisfy(
                        link -> {
                            Path target = target(page, link.group(1));
                            assertThat(target).exists();
                            if (link.group(2) != null) {
                                assertThat(anchors(target)).contains(link.group(2));
                            }
                        });
    }

    @Test
    void readmeIsShort() throws IOException {
        assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(MOST_LINES_OF_THE_README);
    }

    @Test
    void readmeLeadsToEveryPage() throws IOException {
        List<Path> linked =
                LINK.matcher(DocumentPages.text(README))
                        .results()
                        .map(link -> target(README, link.group(1)))
                        .toList();
        assertThat(DocumentPages.all())
                .filteredOn(page -> !page.equals(README) && !page.startsWith(ADR))
                .allSatisfy(page -> assertThat(linked).contains(page));
    }

    @Test
    void sourcesThatPagesNameExist() throws IOException {
        List<String> named =
                DocumentPages.all().stream()
                        .flatMap(page -> SOURCE.matcher(DocumentPages.text(page)).results())
                        .map(file -> file.group(1))
                        .toList();
        assertThat(named).hasSizeGreaterThan(30);
        List<String> known = new ArrayList<>();
        for (String folder : List.of("server", "cli/src", "gate/src", "bench", "packaging")) {
            known.addAll(names(folder));
        }
        assertThat(known).containsAll(named);
    }

    private static List<String> names(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(DocumentPages.TOP.resolve(folder))) {
            return files.map(file -> file.toFile().getName()).toList();
        }
    }

    private static Path target(Path page, String link) {
        return link.isEmpty() ? page : page.resolveSibling(link).normalize();
    }

    private static List<String> anchors(Path page) {
        return HEADING.matcher(DocumentPages.text(page))
                .results()
                .map(heading -> anchor(heading.group(1)))
                .toList();
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
    }
}
