package dev.oaiproxy.cli.command;

import dev.oaiproxy.api.PriceFiles.Check;
import dev.oaiproxy.cli.output.PriceRows;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Checks a price book. */
@Command(
        name = "check",
        description = {
            "Read a price book as the server would, and list what it does not price or bound.",
            "",
            "Needs no server. Fails, naming the line, when the server would refuse the file.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy prices check                      the book that a server here reads",
            "  oaiproxy prices check config/prices.yaml"
        })
final class PricesCheck implements Runnable {
    @Mixin private final Books books;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The book; else the one that a server started here reads.")
    private @Nullable Path file;

    PricesCheck(Shell shell) {
        this.books = new Books(shell);
    }

    @Override
    public void run() {
        Check check =
                books.read(
                        files ->
                                files.check(
                                        Objects.requireNonNullElseGet(file, files::current),
                                        books.now()));
        books.printer().print(PriceRows.gaps(check.gaps()), check);
        String kinds =
                check.kinds().entrySet().stream()
                        .map(kind -> kind.getValue() + " " + kind.getKey())
                        .collect(Collectors.joining(", "));
        books.screen()
                .say(
                        "price book %s can be used: %d models, %d prices (%s)"
                                .formatted(check.version(), check.models(), check.prices(), kinds));
    }
}
