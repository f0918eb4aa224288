package dev.oaiproxy.metering.request;

import com.fasterxml.jackson.core.JsonParser;
import dev.oaiproxy.metering.request.json.MalformedException;
import dev.oaiproxy.metering.request.json.RequestJson;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One line of the input file of a batch: a request, which OpenAI runs later. */
public sealed interface BatchLine {
    /**
     * A request.
     *
     * @param customId what its user calls it
     * @param body what it would be sent with alone
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
    record Request(String customId, byte[] body) implements BatchLine {}

    /**
     * A line because of which OpenAI runs nothing of the batch: it ends as failed, and its errors
     * name the line.
     *
     * @param customId what its user calls it, or null when that was not read
     * @param body what would be run if OpenAI took the line nevertheless, or null when there is
     *     nothing that anybody could run
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
    record Failing(@Nullable String customId, byte @Nullable [] body) implements BatchLine {}

    /**
     * The line must not reach OpenAI.
     *
     * @param customId what its user calls it, or null when that was not read
     */
    record Invalid(@Nullable String customId, String message) implements BatchLine {}

    /**
     * Reads a line. What OpenAI might read otherwise is refused.
     *
     * @param endpoint where the batch sends its requests, as {@code /v1/responses}
     */
    static BatchLine read(byte[] line, String endpoint) {
        return startsWithMark(line)
                ? failing(plain(Arrays.copyOfRange(line, MARK, line.length), endpoint))
                : plain(line, endpoint);
    }

    /** The length of a byte order mark, in bytes. */
    int MARK = 3;

    private static boolean startsWithMark(byte[] line) {
        return line.length >= MARK
                && line[0] == (byte) 0xEF
                && line[1] == (byte) 0xBB
                && line[2] == (byte) 0xBF;
    }

    /** A reader that is lenient with marks takes the rest for the line. */
    private static BatchLine failing(BatchLine rest) {
        return rest instanceof Request request
                ? new Failing(request.customId(), request.body())
                : rest;
    }

    private static BatchLine plain(byte[] line, String endpoint) {
        if (line.length == 0) {
            return new Failing(null, null);
        }
        String fault = RequestScanner.encodingFault(line);
        if (fault != null) {
            return new Invalid(null, fault);
        }
        BatchLineReader reader = new BatchLineReader(line);
        try (JsonParser in = RequestJson.SCANNING.createParser(line)) {
            return reader.read(in, endpoint);
        } catch (MalformedException e) {
            return new Invalid(reader.customId(), e.message());
        } catch (IOException | IllegalStateException e) {
            return RequestJson.isHopeless(line)
                    ? new Failing(reader.customId(), null)
                    : new Invalid(
                            reader.customId(),
                            RequestScanner.unparsed("the line is not valid JSON"));
        }
    }
}
