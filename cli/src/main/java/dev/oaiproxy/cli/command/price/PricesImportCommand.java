package dev.oaiproxy.cli.command.price;

import dev.oaiproxy.api.OfflineTools;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.output.Failure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Turns another price list into a proposal. */
@Command(
        name = "import",
        description = {
            "Turn a published price list into a price book for a person to review.",
            "",
            "Takes OpenAI's models only. A comment at each model says what differs from our"
                    + " price book; lower rates are marked UNDERCHARGES."
                    + " No file is ever overwritten."
        },
        footer = {
            "  oaiproxy prices import --from litellm model_prices_and_context_window.json",
            "  oaiproxy prices import --from genai-prices data.json --out proposal.yaml"
        })
final class PricesImportCommand implements Runnable {
    private final CommandContext context;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "litellm|genai-prices",
            converter = SourceConverter.class,
            description = "The source of the list.")
    private OfflineTools.PriceListSource source = OfflineTools.PriceListSource.LITELLM;

    @Option(
            names = "--against",
            paramLabel = "BOOK",
            description = "The book to compare with; default: the one that a server here reads.")
    private @Nullable Path ours;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "A new file for the proposal; default: stdout.")
    private @Nullable Path out;

    @Parameters(paramLabel = "FILE", description = "The list, a JSON file.")
    private Path list = Path.of("");

    PricesImportCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        String proposal =
                context.work(
                        tools ->
                                tools.importPrices(
                                        source,
                                        list,
                                        Objects.requireNonNullElseGet(ours, tools::priceBook),
                                        context.clock().instant()),
                        PricesCommand.UNUSABLE);
        Path file = out;
        if (file == null) {
            context.terminal().out().print(proposal);
            context.terminal().out().flush();
        } else {
            write(file, proposal);
            context.terminal().say("written to " + file + "; review it, nothing uses it yet");
        }
    }

    private static void write(Path file, String proposal) {
        try {
            Files.writeString(file, proposal, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException _) {
            throw Failure.usage(file + " already exists", "name a new file");
        } catch (IOException e) {
            throw Failure.failed(
                    "cannot write " + file + " (" + e.getClass().getSimpleName() + ")",
                    "check that its folder exists and that you may write to it");
        }
    }

    /** Reads a source by its displayed name. */
    static final class SourceConverter implements ITypeConverter<OfflineTools.PriceListSource> {
        @Override
        public OfflineTools.PriceListSource convert(String name) {
            for (OfflineTools.PriceListSource source : OfflineTools.PriceListSource.values()) {
                if (source.toString().equals(name.toLowerCase(Locale.ROOT))) {
                    return source;
                }
            }
            throw new TypeConversionException("expected litellm or genai-prices, not " + name);
        }
    }
}
