package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.metering.catalogue.FormReferences;
import dev.oaiproxy.metering.catalogue.Meter;
import dev.oaiproxy.metering.catalogue.MultipartForm;
import dev.oaiproxy.metering.catalogue.RequestScanner;
import dev.oaiproxy.metering.catalogue.Scan;
import dev.oaiproxy.metering.catalogue.Splice;
import dev.oaiproxy.metering.price.PriceBook;

/**
 * Names a model in a request for images that names none. OpenAI takes the model of the day then;
 * which one that is stands in the price book, and OpenAI is told, so that the price is right.
 */
final class ImageDefault {
    private static final String MODEL = "model";
    private static final int MOST_ADDED_BYTES = 1 << 10;

    private ImageDefault() {}

    static Draft named(Draft draft, Meter meter, PriceBook prices) {
        boolean image = meter == Meter.IMAGE || meter == Meter.IMAGE_EDIT;
        if (!image || !isMissing(draft, meter)) {
            return draft;
        }
        long memory = (long) draft.body().length + MOST_ADDED_BYTES;
        return prices.imageDefault()
                .filter(_ -> draft.lease().take(Use.REQUEST, memory))
                .map(model -> draft.with(body(draft, model)))
                .orElse(draft);
    }

    private static boolean isMissing(Draft draft, Meter meter) {
        return RequestScanner.scan(meter, draft.contentType(), draft.body())
                        instanceof Scan.Malformed bad
                && bad.isMissing(MODEL);
    }

    private static byte[] body(Draft draft, String model) {
        return FormReferences.isForm(draft.contentType())
                ? MultipartForm.with(draft.contentType(), draft.body(), MODEL, model)
                : Splice.with(draft.body(), MODEL, '"' + model + '"');
    }
}
