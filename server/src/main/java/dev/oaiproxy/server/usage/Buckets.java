package dev.oaiproxy.server.usage;

import static dev.oaiproxy.server.usage.CompletionUsage.AUDIO_IN;
import static dev.oaiproxy.server.usage.CompletionUsage.AUDIO_OUT;
import static dev.oaiproxy.server.usage.CompletionUsage.CACHED;
import static dev.oaiproxy.server.usage.CompletionUsage.COMPLETION;
import static dev.oaiproxy.server.usage.CompletionUsage.IMAGE_IN;
import static dev.oaiproxy.server.usage.CompletionUsage.PROMPT;
import static dev.oaiproxy.server.usage.CompletionUsage.WRITTEN;
import static dev.oaiproxy.server.usage.CompletionUsage.WRITTEN_12H;
import static dev.oaiproxy.server.usage.CompletionUsage.WRITTEN_30M;

import dev.oaiproxy.server.usage.CompletionUsage.Kind;
import java.util.EnumMap;
import java.util.Map;

/**
 * Parts a usage that adds up into disjoint units. The input units always sum to {@code
 * prompt_tokens}, the output units to {@code completion_tokens}.
 *
 * <p>Chat says how much was cached and how much was audio or image, but not how much was both. So
 * the cached part is text as far as there is text, then image, then audio, which is the dearest and
 * the least often cached. What was written to the cache is taken from the fresh rest in the same
 * order.
 */
final class Buckets {
    private final CompletionUsage usage;
    private final EnumMap<Unit, Long> units = new EnumMap<>(Unit.class);

    private Buckets(CompletionUsage usage) {
        this.usage = usage;
    }

    /** The units of a usage in which there is no {@link Contradiction}. */
    static Map<Unit, Long> of(CompletionUsage usage) {
        Buckets buckets = new Buckets(usage);
        buckets.modalities();
        buckets.cached();
        buckets.written();
        return buckets.units;
    }

    private void modalities() {
        long audio = usage.count(AUDIO_IN);
        long image = usage.count(IMAGE_IN);
        units.put(Unit.INPUT, usage.count(PROMPT) - audio - image);
        units.put(Unit.IMAGE_INPUT, image);
        units.put(Unit.AUDIO_INPUT, audio);
        units.put(Unit.OUTPUT, usage.count(COMPLETION) - usage.count(AUDIO_OUT));
        units.put(Unit.AUDIO_OUTPUT, usage.count(AUDIO_OUT));
    }

    private void cached() {
        long left = usage.count(CACHED);
        left -= move(Unit.INPUT, Unit.CACHED_INPUT, left);
        left -= move(Unit.IMAGE_INPUT, Unit.IMAGE_CACHED_INPUT, left);
        move(Unit.AUDIO_INPUT, Unit.AUDIO_CACHED_INPUT, left);
    }

    /** The count of writes is unadjusted: it may exceed what is left, and is then cut to it. */
    private void written() {
        long all = Math.max(usage.count(WRITTEN), splitWrites());
        long longLived = longLived(all);
        write(Unit.CACHE_WRITE_12H, longLived);
        write(Unit.CACHE_WRITE, all - longLived);
    }

    private long splitWrites() {
        return usage.count(WRITTEN_30M) + usage.count(WRITTEN_12H);
    }

    private long longLived(long all) {
        if (splitWrites() > 0) {
            return usage.count(WRITTEN_12H);
        }
        return usage.kind() == Kind.CHAT_LONG_CACHE ? all : 0;
    }

    private void write(Unit to, long count) {
        long left = count;
        left -= move(Unit.INPUT, to, left);
        left -= move(Unit.IMAGE_INPUT, to, left);
        move(Unit.AUDIO_INPUT, to, left);
    }

    /** Moves as much as there is, up to a count, and says how much that was. */
    private long move(Unit from, Unit to, long count) {
        long moved = Math.min(count, units.getOrDefault(from, 0L));
        units.merge(from, -moved, Long::sum);
        units.merge(to, moved, Long::sum);
        return moved;
    }
}
