package dev.oaiproxy.metering.usage.object;

import static dev.oaiproxy.metering.usage.object.UsageCount.AUDIO_IN;
import static dev.oaiproxy.metering.usage.object.UsageCount.AUDIO_OUT;
import static dev.oaiproxy.metering.usage.object.UsageCount.CACHED;
import static dev.oaiproxy.metering.usage.object.UsageCount.CACHED_AUDIO;
import static dev.oaiproxy.metering.usage.object.UsageCount.CACHED_IMAGE;
import static dev.oaiproxy.metering.usage.object.UsageCount.CACHED_TEXT;
import static dev.oaiproxy.metering.usage.object.UsageCount.IMAGE_IN;
import static dev.oaiproxy.metering.usage.object.UsageCount.IMAGE_OUT;
import static dev.oaiproxy.metering.usage.object.UsageCount.INPUT;
import static dev.oaiproxy.metering.usage.object.UsageCount.OUTPUT;
import static dev.oaiproxy.metering.usage.object.UsageCount.SECONDS;
import static dev.oaiproxy.metering.usage.object.UsageCount.TEXT_IN;
import static dev.oaiproxy.metering.usage.object.UsageCount.TEXT_OUT;
import static dev.oaiproxy.metering.usage.object.UsageCount.WRITTEN;
import static dev.oaiproxy.metering.usage.object.UsageCount.WRITTEN_12H;
import static dev.oaiproxy.metering.usage.object.UsageCount.WRITTEN_30M;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.usage.object.UsageSchema.Demand;
import java.util.EnumMap;
import java.util.Map;

/**
 * Splits a usage into disjoint units. The input units always add up to the input, and the output
 * units to the output.
 *
 * <p>A chat states the number of cached tokens and the number of audio or image tokens, but not the
 * number that is both. So cached tokens count as text as far as there is text, then as images, then
 * as audio, which is the dearest and the least often cached. Cache writes are taken from the
 * remaining fresh tokens in the same order. If the usage splits the cached tokens by modality, that
 * split is used.
 */
final class TokenBuckets {
    private final UsageObject usage;
    private final EnumMap<Unit, Long> units = new EnumMap<>(Unit.class);

    private TokenBuckets(UsageObject usage) {
        this.usage = usage;
    }

    /** The units of a usage that has passed {@link UsageValidation}. */
    static Map<Unit, Long> of(UsageObject usage) {
        TokenBuckets tokenBuckets = new TokenBuckets(usage);
        if (usage.shape().demand() == Demand.INPUT_ALONE) {
            tokenBuckets.add(Unit.INPUT, usage.count(INPUT));
        } else {
            tokenBuckets.modalities();
            tokenBuckets.cached();
            tokenBuckets.written();
        }
        return tokenBuckets.units;
    }

    private void modalities() {
        long rest = count(INPUT);
        rest -= add(Unit.INPUT, count(TEXT_IN));
        rest -= add(Unit.IMAGE_INPUT, count(IMAGE_IN));
        rest -= add(Unit.AUDIO_INPUT, count(AUDIO_IN));
        add(usage.shape().restIn(), rest);
        rest = count(OUTPUT);
        rest -= add(Unit.OUTPUT, count(TEXT_OUT));
        rest -= add(Unit.IMAGE_OUTPUT, count(IMAGE_OUT));
        rest -= add(Unit.AUDIO_OUTPUT, count(AUDIO_OUT));
        add(usage.shape().restOut(), rest);
        add(Unit.SECONDS, count(SECONDS));
    }

    private void cached() {
        long left = count(CACHED);
        left -= move(Unit.INPUT, Unit.CACHED_INPUT, count(CACHED_TEXT));
        left -= move(Unit.IMAGE_INPUT, Unit.IMAGE_CACHED_INPUT, count(CACHED_IMAGE));
        left -= move(Unit.AUDIO_INPUT, Unit.AUDIO_CACHED_INPUT, count(CACHED_AUDIO));
        left = Math.max(0, left);
        left -= move(Unit.INPUT, Unit.CACHED_INPUT, left);
        left -= move(Unit.IMAGE_INPUT, Unit.IMAGE_CACHED_INPUT, left);
        move(Unit.AUDIO_INPUT, Unit.AUDIO_CACHED_INPUT, left);
    }

    /**
     * Moves the cache writes. OpenAI does not adjust their count, so it may exceed the remaining
     * tokens and is cut to them.
     */
    private void written() {
        long all = Math.max(count(WRITTEN), splitWrites());
        long longLived = longLived(all);
        write(Unit.CACHE_WRITE_12H, longLived);
        write(Unit.CACHE_WRITE, all - longLived);
    }

    private long splitWrites() {
        return count(WRITTEN_30M) + count(WRITTEN_12H);
    }

    private long longLived(long all) {
        if (splitWrites() > 0) {
            return count(WRITTEN_12H);
        }
        return usage.shape().longCache() ? all : 0;
    }

    private void write(Unit to, long count) {
        long left = count;
        left -= move(Unit.INPUT, to, left);
        left -= move(Unit.IMAGE_INPUT, to, left);
        move(Unit.AUDIO_INPUT, to, left);
    }

    /** Moves up to this many tokens, and returns the number moved. */
    private long move(Unit from, Unit to, long count) {
        long moved = Math.min(count, units.getOrDefault(from, 0L));
        add(from, -moved);
        return add(to, moved);
    }

    private long count(UsageCount count) {
        return usage.count(count);
    }

    private long add(Unit unit, long count) {
        units.merge(unit, count, Long::sum);
        return count;
    }
}
