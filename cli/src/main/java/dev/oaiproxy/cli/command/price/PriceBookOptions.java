package dev.oaiproxy.cli.command.price;

import dev.oaiproxy.api.OfflineTools;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.OutputFormat;
import dev.oaiproxy.cli.output.Printer;
import dev.oaiproxy.cli.output.Terminal;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the commands that read price books from files. */
final class PriceBookOptions {
    private final CommandContext context;

    @Option(
            names = "--format",
            paramLabel = "table|json|csv",
            description = "The form of the answer; else a table, or tabs in a pipe.")
    private @Nullable OutputFormat outputFormat;

    PriceBookOptions(CommandContext context) {
        this.context = context;
    }

    /** Works on price books with the code of the server. */
    static <T> T read(CommandContext context, Function<OfflineTools, T> work) {
        OfflineTools tools = context.tools();
        try {
            return work.apply(tools);
        } catch (IllegalArgumentException unusable) {
            throw Failure.failed(
                    String.valueOf(unusable.getMessage()),
                    "correct the file; its first lines say what may stand in it");
        }
    }

    <T> T read(Function<OfflineTools, T> work) {
        return read(context, work);
    }

    Instant now() {
        return context.clock().instant();
    }

    Printer printer() {
        return new Printer(terminal(), Optional.ofNullable(outputFormat));
    }

    Terminal terminal() {
        return context.terminal();
    }
}
