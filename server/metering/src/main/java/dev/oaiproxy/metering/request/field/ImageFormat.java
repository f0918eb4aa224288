package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.request.form.MultipartForm;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The format of an image, and the additional costs that it causes. */
public final class ImageFormat {
    public static final int MOST_IMAGES = 16;
    static final int MOST_PARTIALS = 3;

    /** OpenAI bills each partial image of a stream as this many output tokens. */
    static final long PARTIAL_TOKENS = 100;

    private static final int LONGEST = 256;

    /**
     * The most frames. OpenAI's guide and its SDKs differ on the limit; any number is held and
     * charged.
     */
    private static final int MOST_FRAMES = 256;

    private static final int USUAL_FRAMES = 9;
    private static final String GIF = "gif";
    private static final String SVG = "svg";

    static final String NO_AUTHOR =
            "Set 'svg.model' to the model that writes the SVG; this proxy cannot tell the cost of"
                    + " OpenAI's default.";

    private @Nullable String format;
    private @Nullable Integer frames;
    private @Nullable String author;

    /**
     * Reads a member of the format whose value is the current token; false if it is another member.
     */
    boolean read(BodyReader body, String name) throws IOException {
        switch (name) {
            case "output_format" -> format = body.jsonValues.text(name, LONGEST);
            case "frame_count" -> frames = body.jsonValues.count(name, 1, MOST_FRAMES);
            case SVG -> svg(body);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void svg(BodyReader body) throws IOException {
        boolean named = false;
        for (String member = body.firstMember(SVG); member != null; member = body.nextMember()) {
            if (!body.plain(member).equals("model")) {
                body.skip();
                continue;
            }
            if (named) {
                throw MalformedException.twice("svg.model");
            }
            named = true;
            author = body.jsonValues.text("svg.model", LONGEST);
        }
    }

    public static ImageFormat of(MultipartForm form) throws MalformedException {
        ImageFormat read = new ImageFormat();
        read.format = form.text("output_format", LONGEST).orElse(null);
        read.author = form.text("svg[model]", LONGEST).filter(name -> !name.isEmpty()).orElse(null);
        String frames = form.text("frame_count", LONGEST).orElse("");
        if (!frames.isEmpty()) {
            read.frames = frames(frames);
        }
        return read;
    }

    private static int frames(String text) throws MalformedException {
        boolean number = text.matches("[1-9][0-9]{0,2}");
        if (!number || Integer.parseInt(text) > MOST_FRAMES) {
            throw MalformedException.value("frame_count", "an integer from 1 to " + MOST_FRAMES);
        }
        return Integer.parseInt(text);
    }

    /** The number of pictures in one image. Each costs as much as an image. */
    int pictures() {
        if (frames != null) {
            return frames;
        }
        return GIF.equalsIgnoreCase(format) ? USUAL_FRAMES : 1;
    }

    /** The model that writes the image as SVG, or null. */
    @Nullable String author() {
        return author;
    }

    /** True if the format needs an author and the request names none. */
    boolean lacksAuthor() {
        return author == null && SVG.equalsIgnoreCase(format);
    }

    /** Records a number of images, each with this many partial images before it. */
    public void bill(RequestFactsBuilder facts, long images, long partials)
            throws MalformedException {
        long pictures = images * pictures();
        if (lacksAuthor()) {
            throw new MalformedException(NO_AUTHOR, "svg.model");
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
