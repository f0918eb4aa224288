package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.form.MultipartForm;

/**
 * The formats of transcripts. Those that are text tell no usage, and no more does a translation as
 * JSON, so OpenAI is asked for a format that does, and the client gets its own made out of it.
 */
final class TranscriptFormats {
    private static final String FIELD = "response_format";
    private static final String JSON = "json";
    private static final String VERBOSE = "verbose_json";

    private TranscriptFormats() {}

    /** The format that OpenAI is asked for. */
    static String upstream(Meter meter, RequestFacts facts) {
        String asked = asked(facts);
        return switch (asked) {
            case "srt", "vtt" -> VERBOSE;
            case "text" -> meter == Meter.TRANSLATION ? VERBOSE : JSON;
            case JSON -> meter == Meter.TRANSLATION ? VERBOSE : JSON;
            default -> asked;
        };
    }

    static String asked(RequestFacts facts) {
        String format = facts.flow().format();
        return format == null || format.isEmpty() ? JSON : format;
    }

    static byte[] request(Meter meter, RequestFacts facts, String contentType, byte[] body) {
        String wanted = upstream(meter, facts);
        return wanted.equals(asked(facts))
                ? body
                : MultipartForm.with(contentType, body, FIELD, wanted);
    }
}
