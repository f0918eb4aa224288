package dev.oaiproxy.cli.command.price;

import dev.oaiproxy.api.AdminApi.PriceList;
import dev.oaiproxy.cli.output.Terminal;

/** Which price book is in force. */
final class PriceBookVersion {
    private PriceBookVersion() {}

    static void tell(Terminal terminal, PriceList prices) {
        terminal.say("price book " + prices.version());
        if (prices.refused() != null) {
            terminal.say("its file as it is now was refused: " + prices.refused());
        }
    }
}
