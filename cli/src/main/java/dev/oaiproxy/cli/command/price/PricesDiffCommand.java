package dev.oaiproxy.cli.command.price;

import dev.oaiproxy.api.OfflineTools.PriceBookDiff;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.OutputOptions;
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
            "Needs no server."
        },
        footer = {
            "  oaiproxy prices diff config/prices.yaml new.yaml",
            "  oaiproxy prices diff old.yaml new.yaml --format csv > changes.csv"
        })
final class PricesDiffCommand implements Runnable {
    private final CommandContext context;
    @Mixin private final OutputOptions output;

    @Parameters(index = "0", paramLabel = "OLD", description = "The old price book.")
    private Path older = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "The new price book.")
    private Path newer = Path.of("");

    PricesDiffCommand(CommandContext context) {
        this.context = context;
        this.output = new OutputOptions(context);
    }

    @Override
    public void run() {
        PriceBookDiff diff =
                context.work(tools -> tools.comparePrices(older, newer), PricesCommand.UNUSABLE);
        output.printer().print(PriceRows.differences(diff), diff);
        output.terminal()
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
