package dev.oaiproxy.metering.catalogue;

import java.io.IOException;

/** {@code POST /images/generations} and {@code POST /images/edits}, as JSON. */
final class ImageMembers implements Members {
    private static final int LONGEST = 256;

    private final BodyReader body;
    private long images = 1;
    private final ImageFormat format = new ImageFormat();
    private long partials;

    ImageMembers(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) throws IOException {
        switch (name) {
            case "n" -> images = body.factor(body.once(name), Images.MOST);
            case "partial_images" -> {
                Integer given = body.values.count(body.once(name), 0, Images.MOST_PARTIALS);
                partials = given == null ? 0 : given;
            }
            case "quality" -> body.found.quality = body.values.text(body.once(name), LONGEST);
            case "output_format", "frame_count", "svg" -> {
                return format.read(body, body.once(name));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public void end() throws MalformedException {
        Images.bill(body.found, format, images, partials);
    }
}
