package dev.oaiproxy.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The documents: the pages at the top of the repository, and those in {@code docs}. */
final class DocumentPages {
    static final Path TOP = Path.of("..");

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\w*\\n(.*?)^```$");

    private DocumentPages() {}

    /** All pages, in the order of their paths. */
    static List<Path> all() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String folder : List.of(".", "docs", "docs/adr")) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(TOP.resolve(folder), "*.md")) {
                files.forEach(file -> pages.add(file.normalize()));
            }
        }
        return pages.stream().sorted().toList();
    }

    /** The text of a page, such as {@code docs/settings.md}. */
    static String text(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The contents of the fenced blocks of a page, without the fences. */
    static Stream<String> blocks(Path page) {
        return BLOCK.matcher(text(page)).results().map(block -> block.group(1));
    }
}
