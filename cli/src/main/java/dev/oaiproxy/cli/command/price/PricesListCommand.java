package dev.oaiproxy.cli.command.price;

import dev.oaiproxy.api.AdminApi.PriceList;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.output.PriceRows;
import dev.oaiproxy.cli.output.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists prices. */
@Command(
        name = "list",
        description = "List the models and what they cost now, at the standard tier.",
        footer = {
            "  oaiproxy prices list",
            "  oaiproxy prices list --format csv > prices.csv",
            "  oaiproxy prices list | grep gpt-5"
        })
final class PricesListCommand implements Runnable {
    private final CommandContext context;
    @Mixin private final ConnectionOptions connection;

    PricesListCommand(CommandContext context) {
        this.context = context;
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        PriceList prices = connection.client().prices(null);
        var table = PriceRows.overview(prices.data(), context.clock().instant());
        connection.printer().print(table, prices);
        tellVersion(connection.terminal(), prices);
    }

    /** Says which price book is in force. */
    static void tellVersion(Terminal terminal, PriceList prices) {
        terminal.say("price book " + prices.version());
        if (prices.refused() != null) {
            terminal.say("the changed file was refused: " + prices.refused());
        }
    }
}
