package dev.oaiproxy.cli.command;

import dev.oaiproxy.api.PriceFiles.Diff;
import dev.oaiproxy.cli.output.PriceRows;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Compares two price books. */
@Command(
        name = "diff",
        description = {
            "Show which models and rates differ between two price books, in per cent.",
            "",
            "Needs no server.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy prices diff config/prices.yaml new.yaml",
            "  oaiproxy prices diff old.yaml new.yaml --format csv > changes.csv"
        })
final class PricesDiff implements Runnable {
    @Mixin private final Books books;

    @Parameters(index = "0", paramLabel = "OLD", description = "The book before.")
    private Path older = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "The book after.")
    private Path newer = Path.of("");

    PricesDiff(Shell shell) {
        this.books = new Books(shell);
    }

    @Override
    public void run() {
        Diff diff = books.read(files -> files.diff(older, newer));
        books.printer().print(PriceRows.differences(diff), diff);
        books.screen()
                .say(
                        "%s to %s: %d rates differ, %d models are new, %d are gone"
                                .formatted(
                                        diff.older(),
                                        diff.newer(),
                                        diff.changes().size(),
                                        diff.added().size(),
                                        diff.removed().size()));
    }
}
