package dev.oaiproxy.metering.request;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.recording.AudioBytes;
import dev.oaiproxy.metering.recording.Recording;
import dev.oaiproxy.metering.request.field.RequestFactsBuilder;
import dev.oaiproxy.metering.request.form.MultipartForm;
import dev.oaiproxy.metering.request.picture.PictureCounts;
import dev.oaiproxy.metering.request.picture.PictureCounts.Span;
import java.util.List;

/**
 * Reads what a transcription costs by its length: seconds, or the tokens of its sound beside those
 * of its fields. No rate of speech bounds the text, since a model may repeat itself until its
 * limit.
 */
final class RecordingScanner {
    /**
     * OpenAI transcribes each piece of a recording by itself, up to the model's limit. Nobody says
     * more than the 2,000 tokens of such a limit in 40 seconds: that is 50 in each.
     */
    private static final long SECONDS_OF_A_PIECE = 40;

    private final MultipartForm form;

    RecordingScanner(MultipartForm form) {
        this.form = form;
    }

    void scan(RequestFactsBuilder facts, String model) {
        long seconds = form.files().map(this::sound).mapToLong(Recording::seconds).sum();
        facts.pictures.hear(seconds);
        skipAllButFields(facts.pictures);
        facts.mayBill(model, Unit.SECONDS, seconds);
        cut(facts, seconds);
    }

    private AudioBytes sound(MultipartForm.Part file) {
        return AudioBytes.of(form.body(), (int) file.from(), (int) file.to());
    }

    /** Each byte of a field's value may be a token, be it of text or of a speaker's voice. */
    private void skipAllButFields(PictureCounts counts) {
        long done = 0;
        for (MultipartForm.Part part : form.parts()) {
            if (!part.file()) {
                counts.skip(new Span((int) done, (int) part.from()));
                done = part.to();
            }
        }
        counts.skip(new Span((int) done, form.body().length));
    }

    /** Pieces may overlap as far as the request says, and each may be read with the prompt. */
    private void cut(RequestFactsBuilder facts, long seconds) {
        List<MultipartForm.Part> strategy = form.partsLike("chunking_strategy");
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
