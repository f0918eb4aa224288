package dev.oaiproxy.cli.command;

import dev.oaiproxy.api.AdminApi.PriceList;
import dev.oaiproxy.cli.output.PriceRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists prices. */
@Command(
        name = "list",
        description = {"List the models and what they cost now, at the standard tier.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy prices list",
            "  oaiproxy prices list --format csv > prices.csv",
            "  oaiproxy prices list | grep gpt-5"
        })
final class PricesList implements Runnable {
    private final Shell shell;
    @Mixin private final Connection connection;

    PricesList(Shell shell) {
        this.shell = shell;
        this.connection = new Connection(shell);
    }

    @Override
    public void run() {
        PriceList prices = connection.client().prices(null);
        var table = PriceRows.overview(prices.data(), shell.clock().instant());
        connection.printer().print(table, prices);
        Editions.tell(connection.screen(), prices);
    }
}
