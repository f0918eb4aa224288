package dev.oaiproxy.server.catalogue;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
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
     * The line must not reach OpenAI.
     *
     * @param customId what its user calls it, or null when that was not read
     */
    record Malformed(@Nullable String customId, String message) implements BatchLine {}

    /**
     * Reads a line. What OpenAI might read otherwise is refused.
     *
     * @param endpoint where the batch sends its requests, as {@code /v1/responses}
     */
    static BatchLine read(byte[] line, String endpoint) {
        String fault = RequestScanner.encodingFault(line);
        if (fault != null) {
            return new Malformed(null, fault);
        }
        BatchLineReader reader = new BatchLineReader(line);
        try (JsonParser in = RequestJson.SCANNING.createParser(line)) {
            return reader.read(in, endpoint);
        } catch (MalformedException e) {
            return new Malformed(reader.customId(), e.message());
        } catch (IOException | IllegalStateException e) {
            return new Malformed(
                    reader.customId(), RequestScanner.unparsed("the line is not valid JSON"));
        }
    }
}
