package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.key.MaskingStream;
import dev.oaiproxy.ledger.store.table.RecordedBodies.RecordedPart;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A body that is recorded as it comes. Whenever a piece of it has come, the keys in it are masked
 * and it is compressed, so that the record of a long stream takes little memory. A body that is
 * shorter than a piece is left to the thread that writes it. Not for several threads.
 */
public final class BodyRecord {
    /** Twenty events or so: enough to be compressed well, and little for each open stream. */
    static final int PIECE_BYTES = 8 << 10;

    private final CodecPool codecs;
    private final Lease lease;
    private final int mostBytes;
    private final HeldBytes plain;
    private final List<ByteBuffer> compressed = new ArrayList<>(0);
    private final MaskingStream masking = new MaskingStream(OutputStream.nullOutputStream());
    private int size;
    private boolean cut;

    /** Lends a codec for a moment. */
    interface CodecPool {
        byte[] use(Function<BodyCodec, byte[]> work);
    }

    BodyRecord(CodecPool codecs, Lease lease, int mostBytes) {
        this.codecs = codecs;
        this.lease = lease;
        this.mostBytes = mostBytes;
        this.plain = new HeldBytes(lease, Use.RECORDING);
    }

    /** Adds the first bytes of an array. What does not fit is missing, as is all that follows. */
    public void add(byte[] bytes, int count) {
        if (cut) {
            return;
        }
        int room = Math.min(count, mostBytes - size);
        cut = !plain.add(bytes, 0, room) || room < count;
        size += room;
        if (plain.size() >= PIECE_BYTES) {
            compress(codec -> codec.encodePiece(masking, plain.view()));
        }
    }

    private void compress(Function<BodyCodec, byte[]> encoding) {
        byte[] piece = codecs.use(encoding);
        plain.drop();
        if (lease.take(Use.RECORDING, piece.length)) {
            compressed.add(ByteBuffer.wrap(piece));
        } else {
            cut = true;
        }
    }

    /** Ends the record, whose memory is no longer on the lease. */
    public RecordedPart end() {
        if (compressed.isEmpty()) {
            RecordedPart part = new RecordedPart(plain.view(), cut);
            plain.drop();
            return part;
        }
        compress(codec -> codec.encodeLast(masking, plain.view()));
        for (ByteBuffer piece : compressed) {
            lease.give(piece.capacity());
        }
        return new RecordedPart(compressed, RecordedPart.Form.COMPRESSED, cut);
    }
}
