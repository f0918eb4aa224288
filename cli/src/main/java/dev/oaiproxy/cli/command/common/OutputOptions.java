package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.cli.output.OutputFormat;
import dev.oaiproxy.cli.output.Printer;
import dev.oaiproxy.cli.output.Terminal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the form of an answer. */
public final class OutputOptions {
    private final CommandContext context;

    @Option(
            names = "--format",
            paramLabel = "table|json|csv",
            description = "The output format; default: a table, or tabs in a pipe.")
    private @Nullable OutputFormat outputFormat;

    @Option(
            names = "--wide",
            description = "On a terminal, show every column in full, and exact amounts.")
    private boolean wide;

    public OutputOptions(CommandContext context) {
        this.context = context;
    }

    public Printer printer() {
        Printer.Extent extent = wide ? Printer.Extent.WIDE : Printer.Extent.FITTED;
        return new Printer(terminal(), Optional.ofNullable(outputFormat), extent);
    }

    public Terminal terminal() {
        return context.terminal();
    }
}
