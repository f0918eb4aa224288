package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.json.JsonEdit;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The models that calls accept at a time, with their shutdown dates. */
public record ModelList(PriceBook prices, Instant at) {
    private static final String SHUTDOWN = "shutdown_date";

    /** True when some operation accepts the model. */
    public boolean has(String model) {
        return kind(model).filter(ModelList::isServed).isPresent();
    }

    /** Refuses a path that names a model that no call accepts. */
    public void requirePath(Operation operation, String path) {
        if (operation.subjects().owned() == ObjectKind.MODEL && !has(operation.idIn(path))) {
            throw new RefusedException(
                    new Refusal.NoSuchObject(
                            new ObjectReference("id", ObjectKind.MODEL, operation.idIn(path))));
        }
    }

    private static boolean isServed(ModelKind kind) {
        return kind == ModelKind.MODERATION
                || Stream.of(Meter.values())
                        .filter(meter -> meter != Meter.BATCH)
                        .anyMatch(meter -> meter.takes(kind));
    }

    /** The allowed models with a price for an operation; the key's own list when there are none. */
    public List<String> allowed(Key key, Meter meter) {
        List<String> names =
                prices.names().stream()
                        .filter(key::allows)
                        .filter(name -> kind(name).filter(meter::takes).isPresent())
                        .toList();
        return names.isEmpty() ? key.models() : names;
    }

    private Optional<ModelKind> kind(String model) {
        return prices.find(model, at).map(ModelPrice::kind);
    }

    /** Adds the shutdown date of the price book to a model in JSON, unless OpenAI states one. */
    public byte[] described(String model, byte[] json) {
        return prices.shutdown(model)
                .map(day -> JsonEdit.withDefault(json, SHUTDOWN, '"' + day.toString() + '"'))
                .orElse(json);
    }
}
