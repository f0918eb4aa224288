package dev.oaiproxy.metering.catalogue;

import dev.oaiproxy.metering.usage.Unit;

/** What images cost beside the picture itself. */
final class Images {
    static final int MOST = 16;
    static final int MOST_PARTIALS = 3;

    /** Each partial image of a stream is billed so many tokens of output. */
    static final long PARTIAL_TOKENS = 100;

    private Images() {}

    /** Notes so many images, each with so many partial ones before it. */
    static void bill(Found found, ImageFormat format, long images, long partials)
            throws MalformedException {
        long pictures = images * format.pictures();
        String author = format.author();
        if (format.lacksAuthor()) {
            throw new MalformedException(ImageFormat.NO_AUTHOR, "svg.model");
        }
        for (long image = 0; author != null && image < images; image++) {
            found.extras.add(new Extra.Author(author));
        }
        found.choices = pictures;
        String model = found.model;
        if (model != null && partials > 0) {
            found.mayBill(model, Unit.IMAGE_OUTPUT, PARTIAL_TOKENS * partials * pictures);
        }
    }
}
