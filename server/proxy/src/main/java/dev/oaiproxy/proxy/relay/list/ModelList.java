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

/** What a list of models says: those that some call takes at a time, and until when. */
public record ModelList(PriceBook prices, Instant at) {
    private static final String SHUTDOWN = "shutdown_date";

    /** Whether some call takes a model. */
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

    /** An element with the day of its end, which the price book knows where OpenAI does not say. */
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
