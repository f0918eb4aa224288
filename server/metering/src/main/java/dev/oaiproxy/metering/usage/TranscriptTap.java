package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;

/**
 * Converts a transcript from JSON, which states the usage, to the client's format. The JSON is kept
 * until it is complete. A transcript that is too large or cannot be converted passes unchanged.
 */
final class TranscriptTap implements Tap {
    static final int LARGEST = 8 * 1024 * 1024;

    /**
     * The bytes of memory per byte of JSON. Verbose JSON lists every word, and its numbers take
     * more memory than their digits.
     */
    private static final int TREE_BYTES_PER_BYTE = 10;

    private final TranscriptFormat asked;
    private final Tap reading;
    private final Lease lease;
    private final HeldBytes kept;
    private boolean tooLarge;

    TranscriptTap(TranscriptFormat asked, Tap reading, Lease lease) {
        this.asked = asked;
        this.reading = reading;
        this.lease = lease;
        this.kept = new HeldBytes(lease, Use.RESPONSE);
    }

    @Override
    public ByteBuffer pass(ByteBuffer bytes) {
        ByteBuffer same = reading.pass(bytes);
        if (tooLarge) {
            return same;
        }
        byte[] copy = new byte[same.remaining()];
        same.get(copy);
        boolean fits = kept.add(copy, 0, copy.length);
        tooLarge = !fits || kept.size() > LARGEST;
        return tooLarge ? release(fits ? NOTHING : ByteBuffer.wrap(copy)) : NOTHING.duplicate();
    }

    @Override
    public ByteBuffer end() {
        reading.end();
        long tree = (long) TREE_BYTES_PER_BYTE * kept.size();
        String turned = null;
        if (!tooLarge && lease.take(Use.RESPONSE, tree)) {
            turned = asked.write(joined(NOTHING));
            lease.give(tree);
        }
        return turned == null ? release(NOTHING) : ByteBuffer.wrap(turned.getBytes(UTF_8));
    }

    private ByteBuffer release(ByteBuffer more) {
        ByteBuffer all = ByteBuffer.wrap(joined(more));
        kept.drop();
        return all;
    }

    /**
     * The kept bytes and those of the last call. The result is at most one transcript, and passes
     * at once.
     */
    private byte[] joined(ByteBuffer more) {
        ByteBuffer all = ByteBuffer.allocate(kept.size() + more.remaining());
        kept.view().forEach(all::put);
        return all.put(more.duplicate()).array();
    }

    @Override
    public boolean isFinal() {
        return reading.isFinal();
    }

    @Override
    public UsageResult reading() {
        return reading.reading();
    }
}
