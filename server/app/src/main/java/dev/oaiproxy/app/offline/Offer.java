package dev.oaiproxy.app.offline;

import dev.oaiproxy.metering.price.Kind;
import dev.oaiproxy.metering.price.Limits;
import dev.oaiproxy.metering.usage.Unit;
import java.util.List;

/**
 * What another price list says of one model.
 *
 * @param kind what its list takes it for
 * @param limits as far as its list knows them
 * @param sheets its rates by term, newest first
 */
record Offer(String name, List<String> aliases, Kind kind, Limits limits, List<Sheet> sheets) {

    /** Whether it is billed by tokens, which a limit must bound. */
    boolean hasTokens() {
        return sheets.stream()
                .flatMap(sheet -> sheet.standard().keySet().stream())
                .anyMatch(unit -> unit.side() != Unit.Side.OTHER);
    }
}
