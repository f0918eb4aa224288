package dev.oaiproxy.cli.command.price;

import dev.oaiproxy.api.AdminApi.PriceList;
import dev.oaiproxy.cli.output.Screen;

/** Which price book is in force. */
final class PriceBookVersion {
    private PriceBookVersion() {}

    static void tell(Screen screen, PriceList prices) {
        screen.say("price book " + prices.version());
        if (prices.refused() != null) {
            screen.say("its file as it is now was refused: " + prices.refused());
        }
    }
}
