package dev.oaiproxy.cli.command.price;

import dev.oaiproxy.api.AdminApi.PriceList;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.PriceRows;
import dev.oaiproxy.cli.output.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the prices of one model. */
@Command(
        name = "show",
        description = "Show every rate of a model: by time, tier and unit, with its source.",
        footer = {
            "  oaiproxy prices show gpt-6-luna",
            "  oaiproxy prices show gpt-5.6-luna --format json"
        })
final class PricesShowCommand implements Runnable {
    @Mixin private final ConnectionOptions connection;

    @Parameters(paramLabel = "MODEL", description = "Its name or an alias.")
    private String model = "";

    PricesShowCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        PriceList prices = connection.client().prices(model);
        if (prices.data().isEmpty()) {
            throw Failure.failed(
                    "there is no price for " + model, "see the models with `oaiproxy prices list`");
        }
        connection.printer().print(PriceRows.details(prices.data()), prices);
        tell(prices);
    }

    private void tell(PriceList prices) {
        Terminal terminal = connection.terminal();
        PricesListCommand.tellVersion(terminal, prices);
        prices.data().stream()
                .flatMap(price -> price.sources().stream())
                .distinct()
                .forEach(source -> terminal.say("source: " + source));
    }
}
