package dev.oaiproxy.proxy.relay.list;

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
import java.util.stream.Stream;

/** The models that calls take at a time, with their shutdown dates. */
public record ModelList(PriceBook prices, Instant at) {
    private static final String SHUTDOWN = "shutdown_date";

    /** True when some operation takes the model. */
    public boolean has(String model) {
        return prices.find(model, at).map(ModelPrice::kind).filter(ModelList::isServed).isPresent();
    }

    /** Refuses a path that names a model which no call takes. */
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

    /** Adds the shutdown date of the price book to an element, unless OpenAI states one. */
    public ListPage.Element described(ListPage.Element element) {
        return prices.shutdown(element.id())
                .map(
                        day ->
                                JsonEdit.withDefault(
                                        element.json(), SHUTDOWN, '"' + day.toString() + '"'))
                .map(json -> new ListPage.Element(element.id(), json))
                .orElse(element);
    }
}
