package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.key.MaskingStream;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.write.Writer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The recorded requests and responses of calls, as far as the settings allow. */
public record RecordedBodies(Writer writer, ReaderThreads readerThreads) {
    private static final Logger LOG = System.getLogger(RecordedBodies.class.getName());

    private static final String INSERT =
            """
            INSERT INTO bodies (call_id, request, request_cut, response, response_cut)
            VALUES (?, ?, ?, ?, ?)
            """;

    private static final String SELECT =
            "SELECT request, request_cut, response, response_cut FROM bodies WHERE call_id = ?";

    private static final int SMALLEST_ZIP_BYTES = 1 << 10;

    private static final Semaphore ZIPPING =
            new Semaphore(Runtime.getRuntime().availableProcessors(), true);

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
     * @param cut true when its end is missing already
     * @param source writes its bytes
     */
    public record RecordedPart(int size, boolean cut, BodySource source) {}

    /** Writes the bytes of a body, as often as asked. */
    public interface BodySource {
        void writeTo(OutputStream out) throws IOException;
    }

    /** A compressed body. */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
    private record Zipped(byte[] bytes, boolean cut) {}

    /**
     * Records the bodies of a call, with their keys masked. A failure costs the bodies only, never
     * the charge.
     *
     * @param lease the budget of the copies; where they do not fit, the bodies are cut
     */
    public void keep(CallId id, RecordedPart request, RecordedPart response, Lease lease) {
        Zipped asked = zipped(request, lease);
        Zipped answered = zipped(response, lease);
        try {
            writer.write(
                    tx ->
                            tx.update(
                                    INSERT,
                                    id.value(),
                                    asked.bytes,
                                    asked.cut ? 1 : 0,
                                    answered.bytes,
                                    answered.cut ? 1 : 0));
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "event=bodies_not_kept call={0} cause={1}", id, e.toString());
        } finally {
            lease.give((long) asked.bytes.length + answered.bytes.length);
        }
    }

    /** The bodies of a call, if they were recorded. */
    public Optional<Pair> find(CallId id) {
        return readerThreads.read(
                tx ->
                        tx.first(
                                SELECT,
                                row ->
                                        new Pair(
                                                unzip(row.getBytes(1)),
                                                row.getInt(2) == 1,
                                                unzip(row.getBytes(3)),
                                                row.getInt(4) == 1),
                                id.value()));
    }

    /**
     * Compresses a body, one at a time for each processor: more would be no faster, and take more
     * memory.
     */
    private static Zipped zipped(RecordedPart part, Lease lease) {
        ZIPPING.acquireUninterruptibly();
        try {
            int most = part.size();
            while (!lease.take(Use.RECORDING, memory(most))) {
                if (most == 0) {
                    return new Zipped(new byte[0], true);
                }
                most /= 2;
            }
            byte[] zip = zip(part.source(), most);
            lease.give(memory(most) - zip.length);
            return new Zipped(zip, part.cut() || most < part.size());
        } finally {
            ZIPPING.release();
        }
    }

    /**
     * The memory for compressing incompressible bytes: a buffer that grows by doubling, and its
     * copy.
     */
    private static long memory(int plain) {
        return 4L * plain + SMALLEST_ZIP_BYTES;
    }

    private static byte[] zip(BodySource plain, int most) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            MaskingStream masked = new MaskingStream(out);
            plain.writeTo(new Start(masked, most));
            masked.flush();
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return zipped.toByteArray();
    }

    /** Passes on the first bytes only. */
    private static final class Start extends OutputStream {
        private final OutputStream out;
        private int left;

        Start(OutputStream out, int most) {
            this.out = out;
            this.left = most;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            int part = Math.min(count, left);
            out.write(bytes, from, part);
            left -= part;
        }
    }

    private static byte[] unzip(byte[] zipped) {
        if (zipped.length == 0) {
            return zipped;
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("a kept body is damaged", e);
        }
    }
}
