package dev.oaiproxy.metering.request;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.recording.AudioBytes;
import dev.oaiproxy.metering.recording.Recording;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.field.ImageFormat;
import dev.oaiproxy.metering.request.field.RequestFactsBuilder;
import dev.oaiproxy.metering.request.form.MultipartForm;
import dev.oaiproxy.metering.request.json.MalformedException;
import dev.oaiproxy.metering.request.picture.PictureCounts.ByteRange;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the few fields of a form that bear on its cost. */
final class FormScanner {
    private static final int LONGEST_FIELD = 256;
    private static final int LONGEST_USER = 4096;

    /**
     * The assumed length of a piece of a recording, in seconds. OpenAI transcribes each piece
     * separately, up to the model's output limit of 2,000 tokens. Speech reaches that limit within
     * 40 seconds only at 50 tokens per second, which nobody speaks.
     */
    private static final long SECONDS_OF_A_PIECE = 40;

    private final MultipartForm form;
    private final RequestFactsBuilder facts = new RequestFactsBuilder();

    private FormScanner(MultipartForm form) {
        this.form = form;
    }

    static RequestFacts scan(Meter meter, MultipartForm form) throws MalformedException {
        return new FormScanner(form).facts(meter);
    }

    private RequestFacts facts(Meter meter) throws MalformedException {
        String model =
                form.text("model", LONGEST_FIELD)
                        .filter(text -> !text.isEmpty())
                        .orElseThrow(() -> MalformedException.missing("model"));
        facts.model = model;
        facts.stream = flag("stream");
        facts.format = form.text("response_format", LONGEST_FIELD).orElse(null);
        // The proxy changes this field, so a form may have it only once.
        form.text("user", LONGEST_USER);
        if (meter == Meter.IMAGE_EDIT) {
            // The size of a file does not bound the tokens of an image.
            facts.bounded = false;
            facts.quality = form.text("quality", LONGEST_FIELD).orElse(null);
            long images = count("n", 1, ImageFormat.MOST_IMAGES);
            ImageFormat.of(form).bill(facts, images, count("partial_images", 0, 3));
        } else {
            recordings(model);
        }
        return facts.facts(model, form.body().length);
    }

    private boolean flag(String name) throws MalformedException {
        Optional<String> text = form.text(name, LONGEST_FIELD);
        if (text.isPresent()
                && !Set.of("true", "false", "True", "False", "").contains(text.get())) {
            throw MalformedException.value(name, "true or false");
        }
        return text.isPresent() && text.get().equalsIgnoreCase("true");
    }

    private long count(String name, int usual, int most) throws MalformedException {
        Optional<String> text = form.text(name, LONGEST_FIELD);
        if (text.isEmpty()) {
            return usual;
        }
        if (!text.get().matches("[0-9]{1,4}") || Integer.parseInt(text.get()) > most) {
            throw MalformedException.value(name, "an integer from " + usual + " to " + most);
        }
        return Math.max(usual, Integer.parseInt(text.get()));
    }

    /**
     * Records the cost of a transcription by its length: seconds, or the tokens of the sound and
     * the fields. No speaking rate bounds the text, since a model may repeat itself up to its
     * limit.
     */
    private void recordings(String model) {
        long seconds = form.files().map(this::sound).mapToLong(Recording::seconds).sum();
        facts.pictures.hear(seconds);
        skipAllButFields();
        facts.mayBill(model, Unit.SECONDS, seconds);
        cut(seconds);
    }

    private AudioBytes sound(MultipartForm.FormPart file) {
        return AudioBytes.of(form.body(), (int) file.from(), (int) file.to());
    }

    /**
     * Leaves only the values of the fields. Each of their bytes may be a token of text or of a
     * speaker's voice.
     */
    private void skipAllButFields() {
        long done = 0;
        for (MultipartForm.FormPart part : form.parts()) {
            if (!part.file()) {
                facts.pictures.skip(new ByteRange((int) done, (int) part.from()));
                done = part.to();
            }
        }
        facts.pictures.skip(new ByteRange((int) done, form.body().length));
    }

    /**
     * Records the pieces of a recording. The request decides their overlap, and each may be read
     * with the prompt.
     */
    private void cut(long seconds) {
        List<MultipartForm.FormPart> strategy = form.partsLike("chunking_strategy");
        if (strategy.isEmpty()) {
            return;
        }
        facts.choices = 1 + seconds / SECONDS_OF_A_PIECE;
        facts.bounded =
                strategy.size() == 1
                        && form.text(strategy.getFirst()).equals("auto")
                        && form.partsLike("prompt").isEmpty();
    }
}
