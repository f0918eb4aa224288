package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.usage.Shape.Demand;
import java.util.EnumMap;
import java.util.Map;

/**
 * Parts a usage that adds up into disjoint units. The input units always sum to the input, the
 * output units to the output.
 *
 * <p>Chat says how much was cached and how much was audio or image, but not how much was both. So
 * the cached part is text as far as there is text, then image, then audio, which is the dearest and
 * the least often cached. What was written to the cache is taken from the fresh rest in the same
 * order. Where the cached part is split by modality, that is followed.
 */
final class Buckets {
    private final Stated usage;
    private final EnumMap<Unit, Long> units = new EnumMap<>(Unit.class);

    private Buckets(Stated usage) {
        this.usage = usage;
    }

    /** The units of a usage in which there is no {@link Contradiction}. */
    static Map<Unit, Long> of(Stated usage) {
        Buckets buckets = new Buckets(usage);
        if (usage.shape().demand() == Demand.INPUT_ALONE) {
            buckets.add(Unit.INPUT, usage.count(Count.INPUT));
        } else {
            buckets.modalities();
            buckets.cached();
            buckets.written();
        }
        return buckets.units;
    }

    private void modalities() {
        long rest = usage.count(Count.INPUT);
        rest -= add(Unit.INPUT, usage.count(Count.TEXT_IN));
        rest -= add(Unit.IMAGE_INPUT, usage.count(Count.IMAGE_IN));
        rest -= add(Unit.AUDIO_INPUT, usage.count(Count.AUDIO_IN));
        add(usage.shape().restIn(), rest);
        rest = usage.count(Count.OUTPUT);
        rest -= add(Unit.OUTPUT, usage.count(Count.TEXT_OUT));
        rest -= add(Unit.IMAGE_OUTPUT, usage.count(Count.IMAGE_OUT));
        rest -= add(Unit.AUDIO_OUTPUT, usage.count(Count.AUDIO_OUT));
        add(usage.shape().restOut(), rest);
        add(Unit.SECONDS, usage.count(Count.SECONDS));
    }

    private void cached() {
        long left = usage.count(Count.CACHED);
        left -= move(Unit.INPUT, Unit.CACHED_INPUT, usage.count(Count.CACHED_TEXT));
        left -= move(Unit.IMAGE_INPUT, Unit.IMAGE_CACHED_INPUT, usage.count(Count.CACHED_IMAGE));
        left -= move(Unit.AUDIO_INPUT, Unit.AUDIO_CACHED_INPUT, usage.count(Count.CACHED_AUDIO));
        left = Math.max(0, left);
        left -= move(Unit.INPUT, Unit.CACHED_INPUT, left);
        left -= move(Unit.IMAGE_INPUT, Unit.IMAGE_CACHED_INPUT, left);
        move(Unit.AUDIO_INPUT, Unit.AUDIO_CACHED_INPUT, left);
    }

    /** The count of writes is unadjusted: it may exceed what is left, and is then cut to it. */
    private void written() {
        long all = Math.max(usage.count(Count.WRITTEN), splitWrites());
        long longLived = longLived(all);
        write(Unit.CACHE_WRITE_12H, longLived);
        write(Unit.CACHE_WRITE, all - longLived);
    }

    private long splitWrites() {
        return usage.count(Count.WRITTEN_30M) + usage.count(Count.WRITTEN_12H);
    }

    private long longLived(long all) {
        if (splitWrites() > 0) {
            return usage.count(Count.WRITTEN_12H);
        }
        return usage.shape().longCache() ? all : 0;
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
        add(from, -moved);
        return add(to, moved);
    }

    private long add(Unit unit, long count) {
        units.merge(unit, count, Long::sum);
        return count;
    }
}
