package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.metering.usage.object.UsageSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The usage of streams whose final events state it: an image, speech or a transcript. Several
 * images end one by one; their usage is added up at the end of the stream.
 */
final class FinalUsageEvents implements UsageEvents {
    private enum Ends {
        ONE,
        SEVERAL
    }

    private final UsageSchema schema;
    private final Set<String> done;
    private final boolean several;
    private final Function<ParsedResponse, UsageResult> meaning;
    private @Nullable UsageResult sum;
    private boolean failed;
    private boolean begun;

    private FinalUsageEvents(
            UsageSchema schema,
            Set<String> done,
            Ends ends,
            Function<ParsedResponse, UsageResult> meaning) {
        this.schema = schema;
        this.done = done;
        this.several = ends == Ends.SEVERAL;
        this.meaning = meaning;
    }

    static FinalUsageEvents images() {
        Set<String> done = Set.of("image_generation.completed", "image_edit.completed");
        return new FinalUsageEvents(
                UsageSchema.IMAGE, done, Ends.SEVERAL, ParsedResponse::imageReading);
    }

    static FinalUsageEvents speech() {
        Set<String> done = Set.of("speech.audio.done");
        return new FinalUsageEvents(UsageSchema.SPEECH, done, Ends.ONE, ParsedResponse::reading);
    }

    static FinalUsageEvents transcript() {
        Set<String> done = Set.of("transcript.text.done");
        return new FinalUsageEvents(
                UsageSchema.TRANSCRIPT, done, Ends.ONE, ParsedResponse::transcriptReading);
    }

    @Override
    public ParsedResponse next() {
        return new ParsedResponse(schema);
    }

    @Override
    public void take(ParsedResponse event) {
        String type = event.text("type");
        boolean isError = event.failed() || "error".equals(type);
        failed |= isError;
        begun |= !isError;
        if (type != null && done.contains(type)) {
            UsageResult result = meaning.apply(event);
            UsageResult before = sum;
            if (before == null) {
                sum = result;
            } else {
                sum = several ? sum(before, result) : larger(before, result);
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

    /** The usage. The number of images is only known at the end of the stream. */
    @Override
    public UsageResult reading() {
        return several ? new UsageResult.Missing(failed) : readingAtEnd();
    }

    @Override
    public UsageResult readingAtEnd() {
        return sum == null ? new UsageResult.Missing(failed) : sum;
    }

    /**
     * The larger usage of two final events, although OpenAI sends only one. A usage that is not
     * complete takes precedence.
     */
    private static UsageResult larger(UsageResult one, UsageResult other) {
        if (!(one instanceof UsageResult.Complete first)) {
            return one;
        }
        return other instanceof UsageResult.Complete second && tokens(second) <= tokens(first)
                ? one
                : other;
    }

    private static long tokens(UsageResult.Complete reading) {
        return reading.usage().quantities().values().stream().mapToLong(Long::longValue).sum();
    }

    private static UsageResult sum(UsageResult one, UsageResult more) {
        if (!(one instanceof UsageResult.Complete first)) {
            return one;
        }
        if (!(more instanceof UsageResult.Complete second)) {
            return more;
        }
        Map<Unit, Long> units = new HashMap<>(first.usage().quantities());
        second.usage().quantities().forEach((unit, count) -> units.merge(unit, count, Long::sum));
        if (units.values().stream().anyMatch(count -> count > Usage.LARGEST_COUNT)) {
            return new UsageResult.Contradictory("the images do not add up to a count");
        }
        List<Usage> beside = new ArrayList<>(first.beside());
        beside.addAll(second.beside());
        Usage usage = new Usage(first.usage().model(), first.usage().tier(), units);
        return new UsageResult.Complete(usage, beside);
    }
}
