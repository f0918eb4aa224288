package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.ResponseReader;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.metering.usage.object.ResponseUsage;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.metering.usage.object.UsageSchema;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the output file of a batch line by line. Each line is the response to one request. Only its
 * usage is kept in memory.
 */
public final class BatchOutputReader {
    private static final String ROOT = "response.body";
    private static final String TIER = "batch";

    private final LineSplitter lines;
    private final OutputFormat kind;

    /**
     * The response to one request of a batch.
     *
     * @param customId the id of the request, or null if it cannot be read
     * @param status its HTTP status; 0 if the request has no response
     * @param result its usage at the tier {@code batch}
     */
    public record OutputLine(@Nullable String customId, int status, UsageResult result) {}

    /** The reader of an endpoint's responses. */
    private record OutputFormat(
            UsageSchema schema, Function<ParsedResponse, UsageResult> meaning) {}

    /**
     * A reader of lines.
     *
     * @param in the file, which the caller closes
     * @param endpoint the path of the batch's requests, such as {@code /v1/chat/completions}
     * @param terms the facts that decide the reading of responses, for batches of responses
     */
    public BatchOutputReader(InputStream in, String endpoint, ResponseTerms terms) {
        this.lines = new LineSplitter(in);
        this.kind = kind(endpoint, terms);
    }

    private static OutputFormat kind(String endpoint, ResponseTerms terms) {
        return switch (endpoint) {
            case "/v1/chat/completions", "/v1/completions" ->
                    new OutputFormat(
                            terms.longCacheWrite()
                                    ? UsageSchema.CHAT.withLongCache()
                                    : UsageSchema.CHAT,
                            ParsedResponse::reading);
            case "/v1/embeddings" ->
                    new OutputFormat(UsageSchema.EMBEDDINGS, ParsedResponse::reading);
            case "/v1/responses" ->
                    new OutputFormat(
                            terms.shape(),
                            parsedResponse -> ResponseUsage.of(parsedResponse, terms));
            case "/v1/images/generations", "/v1/images/edits" ->
                    new OutputFormat(UsageSchema.IMAGE, ParsedResponse::imageReading);
            // The format of other endpoints is not known, so their usage is missing.
            default ->
                    new OutputFormat(
                            UsageSchema.CHAT,
                            parsedResponse -> new UsageResult.Missing(parsedResponse.failed()));
        };
    }

    /**
     * The next line, or null at the end of the file. Empty lines are skipped.
     *
     * @throws IOException if the file cannot be read to its end
     */
    public @Nullable OutputLine next() throws IOException {
        ResponseReader reader = new ResponseReader(new ParsedResponse(kind.schema(), ROOT));
        boolean blank = true;
        boolean whole = false;
        while (!whole && lines.next()) {
            reader.take(lines.buffer(), lines.start(), lines.end());
            blank &= LineSplitter.isBlank(lines.buffer(), lines.start(), lines.end());
            whole = lines.endsLine() && !blank;
        }
        reader.close();
        return blank ? null : line(reader.answer());
    }

    private OutputLine line(ParsedResponse parsedResponse) {
        UsageResult result =
                switch (kind.meaning().apply(parsedResponse)) {
                    case UsageResult.Complete read ->
                            new UsageResult.Complete(batch(read), read.beside());
                    case UsageResult other -> other;
                };
        return new OutputLine(
                parsedResponse.text("/custom_id"), (int) parsedResponse.statusCode(), result);
    }

    /**
     * The usage at the batch tier. OpenAI bills a response in a batch at that tier, whatever tier
     * it names.
     */
    private static Usage batch(UsageResult.Complete read) {
        return new Usage(read.usage().model(), TIER, read.usage().quantities());
    }
}
