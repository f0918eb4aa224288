package dev.oaiproxy.metering.request;

import com.fasterxml.jackson.core.JsonParser;
import dev.oaiproxy.metering.request.json.MalformedException;
import dev.oaiproxy.metering.request.json.RequestJson;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One line of the input file of a batch: a request that OpenAI runs later. */
public sealed interface BatchLine {
    /**
     * A valid request.
     *
     * @param customId the user's name for it
     * @param body the body of the same request outside a batch
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes in transit, never compared.
    record Request(String customId, byte[] body) implements BatchLine {}

    /**
     * A line that makes OpenAI fail the whole batch. The errors of the batch name the line.
     *
     * @param customId the user's name for it, or null if it was not read
     * @param body the body that would run if OpenAI accepted the line nevertheless, or null if
     *     there is nothing to run
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes in transit, never compared.
    record Failing(@Nullable String customId, byte @Nullable [] body) implements BatchLine {}

    /**
     * A line that must not reach OpenAI.
     *
     * @param customId the user's name for it, or null if it was not read
     */
    record Invalid(@Nullable String customId, String message) implements BatchLine {}

    /**
     * Reads a line. It is refused if OpenAI might read it differently.
     *
     * @param endpoint the path of the batch's requests, such as {@code /v1/responses}
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

    /** The same line as a failing one. A reader that skips the byte order mark would run it. */
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
