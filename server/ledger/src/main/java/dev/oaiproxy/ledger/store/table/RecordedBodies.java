package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.schedule.BatchQueue;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.write.Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Function;

/**
 * The recorded requests and responses of calls, as far as the settings allow. No call waits for
 * them: one thread masks and compresses them, and writes those of many calls together. Only the
 * pieces of a long response are compressed as they come, see {@link BodyRecord}.
 */
public final class RecordedBodies implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RecordedBodies.class.getName());

    private static final String INSERT =
            """
            INSERT INTO bodies (call_id, request, request_cut, response, response_cut)
            VALUES (?, ?, ?, ?, ?)
            """;

    private static final String SELECT =
            "SELECT request, request_cut, response, response_cut FROM bodies WHERE call_id = ?";

    private static final BatchQueue.QueueSettings QUEUE =
            new BatchQueue.QueueSettings("body-recorder", 10_000, 100, Duration.ofMillis(20));

    private static final int MOST_BYTES_TOGETHER = 1 << 20;

    /** The memory of a waiting call beside its bytes. */
    private static final int OVERHEAD_BYTES = 1 << 10;

    /** The longest wait of a reader for bodies that are not written yet. */
    private static final Duration MOST_READ_WAIT = Duration.ofSeconds(3);

    private final Writer writer;
    private final ReaderThreads readerThreads;
    private final BodyCodec codec = new BodyCodec();
    private final BlockingQueue<BodyCodec> codecs =
            new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());
    private final BatchQueue<PendingBodies> queue;

    /**
     * The bodies of one call.
     *
     * @param requestCut true when the end of the request is missing
     * @param responseCut true when the end of the response is missing
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
    public record Pair(byte[] request, boolean requestCut, byte[] response, boolean responseCut) {}

    /**
     * A body to be recorded.
     *
     * @param pieces its bytes in order, which do not change any more
     * @param cut true when its end is missing already
     */
    public record RecordedPart(List<ByteBuffer> pieces, Form form, boolean cut) {
        /** The form of its bytes. */
        enum Form {
            PLAIN,
            /** Masked, and each piece compressed on its own. */
            COMPRESSED
        }

        public RecordedPart(List<ByteBuffer> pieces, boolean cut) {
            this(pieces, Form.PLAIN, cut);
        }

        /** The beginning of an array. */
        public static RecordedPart of(byte[] bytes, int size, boolean cut) {
            return new RecordedPart(List.of(ByteBuffer.wrap(bytes, 0, size)), cut);
        }

        private int size() {
            int size = 0;
            for (ByteBuffer piece : pieces) {
                size += piece.remaining();
            }
            return size;
        }

        /** The memory of its arrays. */
        private long memory() {
            long memory = 0;
            for (ByteBuffer piece : pieces) {
                memory += piece.capacity();
            }
            return memory;
        }

        /** Its beginning, in no more memory than that. */
        private RecordedPart first(int most) {
            return switch (form) {
                case PLAIN -> of(bytes(most), Math.min(most, size()), cut || most < size());
                case COMPRESSED -> {
                    List<ByteBuffer> kept = new ArrayList<>();
                    int left = most;
                    for (ByteBuffer piece : pieces) {
                        left -= piece.capacity();
                        if (left < 0) {
                            break;
                        }
                        kept.add(piece);
                    }
                    yield new RecordedPart(kept, form, cut || kept.size() < pieces.size());
                }
            };
        }

        /** A copy of its first bytes. */
        private byte[] bytes(int most) {
            byte[] bytes = new byte[Math.min(most, size())];
            int at = 0;
            for (ByteBuffer piece : pieces) {
                int part = Math.min(bytes.length - at, piece.remaining());
                piece.get(piece.position(), bytes, at, part);
                at += part;
            }
            return bytes;
        }
    }

    /**
     * The bodies of a call that wait to be written.
     *
     * @param lease their memory
     */
    private record PendingBodies(
            CallId id, RecordedPart request, RecordedPart response, Lease lease) {}

    /** A row of the table. */
    private record BodiesRow(CallId id, Zipped request, Zipped response) {
        int size() {
            return request.bytes.length + response.bytes.length;
        }

        Object[] arguments() {
            return new Object[] {
                id.value(), request.bytes, request.cut ? 1 : 0, response.bytes, response.cut ? 1 : 0
            };
        }
    }

    /** A compressed body. */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
    private record Zipped(byte[] bytes, boolean cut) {}

    public RecordedBodies(Writer writer, ReaderThreads readerThreads) {
        this.writer = writer;
        this.readerThreads = readerThreads;
        this.queue = new BatchQueue<>(QUEUE, this::write);
    }

    /**
     * Begins the record of a body that comes in parts.
     *
     * @param lease gives the memory until the record ends; what does not fit is cut
     * @param mostBytes the size at which it is cut
     */
    public BodyRecord begin(Lease lease, int mostBytes) {
        return new BodyRecord(this::compress, lease, mostBytes);
    }

    /** Lends a codec. There are no more of them than threads that compress at the same time. */
    private byte[] compress(Function<BodyCodec, byte[]> work) {
        BodyCodec idle = codecs.poll();
        BodyCodec lent = idle == null ? new BodyCodec() : idle;
        try {
            return work.apply(lent);
        } finally {
            if (!codecs.offer(lent)) {
                lent.close();
            }
        }
    }

    /**
     * Records the bodies of a call soon, with their keys masked. A failure costs the bodies only,
     * never the charge.
     *
     * @param lease gives the memory until they are written; where they do not fit, they are cut
     */
    public void keep(CallId id, RecordedPart request, RecordedPart response, Lease lease) {
        Lease own = lease.another();
        PendingBodies pending =
                new PendingBodies(id, fitting(request, own), fitting(response, own), own);
        if (!queue.offer(pending)) {
            own.close();
            LOG.log(Level.WARNING, "event=bodies_not_kept call={0} cause={1}", id, "too many wait");
        }
    }

    /** Takes the memory of a body; cuts what does not fit. */
    private static RecordedPart fitting(RecordedPart part, Lease lease) {
        if (lease.take(Use.RECORDING, part.memory() + OVERHEAD_BYTES)) {
            return part;
        }
        int most = part.size();
        do {
            most /= 2;
        } while (most > 0 && !lease.take(Use.RECORDING, most + OVERHEAD_BYTES));
        return part.first(most);
    }

    /** The bodies of a call, if they were recorded. Those on their way are waited for. */
    public Optional<Pair> find(CallId id) {
        queue.flush(MOST_READ_WAIT);
        return readerThreads.read(
                tx ->
                        tx.first(
                                SELECT,
                                row ->
                                        new Pair(
                                                BodyCodec.decode(row.getBytes(1)),
                                                row.getInt(2) == 1,
                                                BodyCodec.decode(row.getBytes(3)),
                                                row.getInt(4) == 1),
                                id.value()));
    }

    private void write(List<PendingBodies> taken) {
        try {
            List<BodiesRow> rows = new ArrayList<>();
            int bytes = 0;
            for (PendingBodies pending : taken) {
                BodiesRow row = row(pending);
                rows.add(row);
                bytes += row.size();
                if (bytes > MOST_BYTES_TOGETHER) {
                    insert(rows);
                    rows.clear();
                    bytes = 0;
                }
            }
            insert(rows);
        } finally {
            taken.forEach(pending -> pending.lease.close());
        }
    }

    private BodiesRow row(PendingBodies pending) {
        return new BodiesRow(
                pending.id,
                zipped(pending.request, pending.lease),
                zipped(pending.response, pending.lease));
    }

    private Zipped zipped(RecordedPart part, Lease lease) {
        return switch (part.form) {
            case PLAIN -> compressed(part, lease);
            // The copy takes the place of the pieces: only for a moment one body is there twice.
            case COMPRESSED -> new Zipped(part.bytes(Integer.MAX_VALUE), part.cut);
        };
    }

    private Zipped compressed(RecordedPart part, Lease lease) {
        int size = part.size();
        int most = size;
        while (most > 0 && !lease.take(Use.RECORDING, BodyCodec.memory(most))) {
            most /= 2;
        }
        if (most == 0) {
            return new Zipped(new byte[0], part.cut || size > 0);
        }
        byte[] bytes = codec.encode(part.pieces, most);
        lease.give(BodyCodec.memory(most) - bytes.length);
        return new Zipped(bytes, part.cut || most < size);
    }

    private void insert(List<BodiesRow> rows) {
        List<Object[]> arguments = new ArrayList<>();
        rows.forEach(row -> arguments.add(row.arguments()));
        try {
            if (!rows.isEmpty()) {
                writer.write(
                        tx -> {
                            tx.insert(INSERT, arguments);
                            return true;
                        });
            }
        } catch (StoreException e) {
            for (BodiesRow row : rows) {
                LOG.log(
                        Level.WARNING,
                        "event=bodies_not_kept call={0} cause={1}",
                        row.id,
                        e.toString());
            }
        }
    }

    /** Writes the waiting bodies, and accepts no more. */
    @Override
    public void close() {
        queue.close();
        codec.close();
        for (BodyCodec idle = codecs.poll(); idle != null; idle = codecs.poll()) {
            idle.close();
        }
    }
}
