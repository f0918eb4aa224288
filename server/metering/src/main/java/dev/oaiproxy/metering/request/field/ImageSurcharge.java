package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.request.json.MalformedException;

/** The cost of images beside the picture itself. */
public final class ImageSurcharge {
    public static final int MOST = 16;
    static final int MOST_PARTIALS = 3;

    /** Each partial image of a stream is billed so many tokens of output. */
    static final long PARTIAL_TOKENS = 100;

    private ImageSurcharge() {}

    /** Notes so many images, each with so many partial ones before it. */
    public static void bill(
            RequestFactsBuilder facts, ImageFormat format, long images, long partials)
            throws MalformedException {
        long pictures = images * format.pictures();
        String author = format.author();
        if (format.lacksAuthor()) {
            throw new MalformedException(ImageFormat.NO_AUTHOR, "svg.model");
        }
        for (long image = 0; author != null && image < images; image++) {
            facts.extras.add(new Surcharge.Author(author));
        }
        facts.choices = pictures;
        String model = facts.model;
        if (model != null && partials > 0) {
            facts.mayBill(model, Unit.IMAGE_OUTPUT, PARTIAL_TOKENS * partials * pictures);
        }
    }
}
