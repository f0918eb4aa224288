package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.RequestScanner;
import dev.oaiproxy.metering.request.ScanResult;
import dev.oaiproxy.metering.request.form.MultipartForm;
import dev.oaiproxy.metering.request.json.JsonEdit;

/**
 * Adds the model to an image request that names none. OpenAI's default changes over time; naming
 * the price book's default keeps the price right.
 */
final class ImageModelDefault {
    private static final String MODEL = "model";
    private static final int MOST_ADDED_BYTES = 1 << 10;

    private ImageModelDefault() {}

    static PlanDraft named(PlanDraft draft, Meter meter, PriceBook prices) {
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

    private static boolean isMissing(PlanDraft draft, Meter meter) {
        return RequestScanner.scan(meter, draft.contentType(), draft.body())
                        instanceof ScanResult.Malformed bad
                && bad.isMissing(MODEL);
    }

    private static byte[] body(PlanDraft draft, String model) {
        return MultipartForm.isForm(draft.contentType())
                ? MultipartForm.with(draft.contentType(), draft.body(), MODEL, model)
                : JsonEdit.with(draft.body(), MODEL, '"' + model + '"');
    }
}
