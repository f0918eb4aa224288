package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.book.PriceBook;
import java.time.Instant;
import java.util.List;

/** The models that a key may use. */
public final class AllowedModels {
    private AllowedModels() {}

    /** The allowed models with a price for an operation; the key's own list when there is none. */
    public static List<String> of(Key key, Meter meter, PriceBook prices, Instant at) {
        List<String> names =
                prices.names().stream()
                        .filter(key::allows)
                        .filter(name -> serves(prices, name, meter, at))
                        .toList();
        return names.isEmpty() ? key.models() : names;
    }

    private static boolean serves(PriceBook prices, String name, Meter meter, Instant at) {
        return prices.find(name, at).filter(price -> meter.takes(price.kind())).isPresent();
    }
}
