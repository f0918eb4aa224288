package dev.oaiproxy.metering.usage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Events of which those of some type, at the end of what was asked for, state usage: an image, a
 * speech, a transcript. Several images end one by one, and add up when the stream is closed.
 */
final class DoneStory implements Story {
    private final Shape shape;
    private final Set<String> done;
    private final boolean several;
    private final Function<Answer, Reading> meaning;
    private @Nullable Reading sum;
    private boolean failed;
    private boolean begun;

    private DoneStory(
            Shape shape, Set<String> done, boolean several, Function<Answer, Reading> meaning) {
        this.shape = shape;
        this.done = done;
        this.several = several;
        this.meaning = meaning;
    }

    static DoneStory images() {
        Set<String> done = Set.of("image_generation.completed", "image_edit.completed");
        return new DoneStory(Shape.IMAGE, done, true, ImageMeaning::of);
    }

    static DoneStory speech() {
        Set<String> done = Set.of("speech.audio.done");
        return new DoneStory(Shape.SPEECH, done, false, Answer::reading);
    }

    static DoneStory transcript() {
        Set<String> done = Set.of("transcript.text.done");
        return new DoneStory(Shape.TRANSCRIPT, done, false, TranscriptMeaning::of);
    }

    @Override
    public Answer next() {
        return new Answer(shape);
    }

    @Override
    public void take(Answer event) {
        String type = event.text("type");
        boolean isError = event.failed() || "error".equals(type);
        failed |= isError;
        begun |= !isError;
        if (type != null && done.contains(type)) {
            Reading reading = meaning.apply(event);
            Reading before = sum;
            if (before == null) {
                sum = reading;
            } else {
                sum = several ? sum(before, reading) : larger(before, reading);
            }
        }
    }

    @Override
    public boolean ended() {
        return sum != null && !several;
    }

    @Override
    public boolean hasBegun() {
        return begun;
    }

    /** Of several, nobody knows before the end how many there are. */
    @Override
    public Reading reading(boolean closed) {
        Reading all = several && !closed ? null : sum;
        return all == null ? new Reading.Missing(failed) : all;
    }

    /** One of two ends, which is one too many; one that adds up to nothing goes before. */
    private static Reading larger(Reading one, Reading other) {
        if (!(one instanceof Reading.Complete first)) {
            return one;
        }
        return other instanceof Reading.Complete second && tokens(second) <= tokens(first)
                ? one
                : other;
    }

    private static long tokens(Reading.Complete reading) {
        return reading.usage().quantities().values().stream().mapToLong(Long::longValue).sum();
    }

    private static Reading sum(Reading one, Reading more) {
        if (!(one instanceof Reading.Complete first)) {
            return one;
        }
        if (!(more instanceof Reading.Complete second)) {
            return more;
        }
        Map<Unit, Long> units = new HashMap<>(first.usage().quantities());
        second.usage().quantities().forEach((unit, count) -> units.merge(unit, count, Long::sum));
        if (units.values().stream().anyMatch(count -> count > Usage.LARGEST_COUNT)) {
            return new Reading.Contradictory("the images add up to no count");
        }
        List<Usage> beside = new ArrayList<>(first.beside());
        beside.addAll(second.beside());
        Usage usage = new Usage(first.usage().model(), first.usage().tier(), units);
        return new Reading.Complete(usage, beside);
    }
}
