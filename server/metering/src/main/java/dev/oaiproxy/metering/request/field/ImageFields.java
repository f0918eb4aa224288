package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;

/** {@code POST /images/generations} and {@code POST /images/edits}, as JSON. */
public final class ImageFields implements FieldReader {
    private static final int LONGEST = 256;

    private final BodyReader body;
    private long images = 1;
    private final ImageFormat format = new ImageFormat();
    private long partials;

    public ImageFields(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) throws IOException {
        switch (name) {
            case "n" -> images = body.factor(body.once(name), ImageFormat.MOST_IMAGES);
            case "partial_images" ->
                    partials =
                            body.jsonValues.count(body.once(name), 0, ImageFormat.MOST_PARTIALS, 0);
            case "quality" -> body.facts.quality = body.jsonValues.text(body.once(name), LONGEST);
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
        format.bill(body.facts, images, partials);
    }
}
