package dev.oaiproxy.server.store;

import dev.oaiproxy.server.ledger.CallId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** What was asked and answered, kept for each call as far as the settings say. */
public final class Bodies {
    private static final Logger LOG = System.getLogger(Bodies.class.getName());

    private static final String INSERT =
            """
            INSERT INTO bodies (call_id, request, request_cut, response, response_cut)
            VALUES (?, ?, ?, ?, ?)
            """;

    private static final String SELECT =
            "SELECT request, request_cut, response, response_cut FROM bodies WHERE call_id = ?";

    private final Writer writer;
    private final Readers readers;

    Bodies(Writer writer, Readers readers) {
        this.writer = writer;
        this.readers = readers;
    }

    /**
     * The bodies of one call.
     *
     * @param requestCut whether the end of the request is missing
     * @param responseCut whether the end of the answer is missing
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
    public record Pair(byte[] request, boolean requestCut, byte[] response, boolean responseCut) {}

    /** Keeps the bodies of a call. A failure costs the bodies only, never the charge. */
    public void keep(CallId id, Pair pair) {
        byte[] request = zip(pair.request());
        byte[] response = zip(pair.response());
        try {
            writer.write(
                    tx ->
                            tx.update(
                                    INSERT,
                                    id.value(),
                                    request,
                                    pair.requestCut() ? 1 : 0,
                                    response,
                                    pair.responseCut() ? 1 : 0));
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "bodies not kept call={0} cause={1}", id, e.toString());
        }
    }

    /** The bodies of a call, if they were kept. */
    public Optional<Pair> find(CallId id) {
        return readers.read(
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

    private static byte[] zip(byte[] plain) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(plain);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return zipped.toByteArray();
    }

    private static byte[] unzip(byte[] zipped) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("a kept body is damaged", e);
        }
    }
}
