package dev.oaiproxy.cli.command.price;

import dev.oaiproxy.api.OfflineTools.PriceBookCheck;
import dev.oaiproxy.api.OfflineTools.PriceBookGap;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.OutputOptions;
import dev.oaiproxy.cli.output.PriceRows;
import dev.oaiproxy.cli.output.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
            "Also lists the models that OpenAI shuts down within 60 days.",
            "Needs no server. Fails, naming the line, when the server would refuse the file."
        },
        footer = {
            "  oaiproxy prices check                      the book that a server here reads",
            "  oaiproxy prices check config/prices.yaml"
        })
final class PricesCheckCommand implements Runnable {
    private final CommandContext context;
    @Mixin private final OutputOptions output;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The book; default: the one that a server here reads.")
    private @Nullable Path file;

    PricesCheckCommand(CommandContext context) {
        this.context = context;
        this.output = new OutputOptions(context);
    }

    @Override
    public void run() {
        PriceBookCheck check =
                context.work(
                        tools ->
                                tools.checkPrices(
                                        Objects.requireNonNullElseGet(file, tools::priceBook),
                                        context.clock().instant()),
                        PricesCommand.UNUSABLE);
        List<PriceBookGap> rows =
                Stream.of(check.gaps(), check.shutdowns()).flatMap(List::stream).toList();
        output.printer().print(Table.of(PriceRows.GAPS, rows), check);
        String kinds =
                check.kinds().entrySet().stream()
                        .map(kind -> kind.getValue() + " " + kind.getKey())
                        .collect(Collectors.joining(", "));
        output.terminal()
                .say(
                        "price book %s can be used: %d models, %d prices (%s)"
                                .formatted(check.version(), check.models(), check.prices(), kinds));
        if (!check.shutdowns().isEmpty()) {
            output.terminal()
                    .say(
                            "%d models shut down within 60 days; move their users to others"
                                    .formatted(check.shutdowns().size()));
        }
    }
}
