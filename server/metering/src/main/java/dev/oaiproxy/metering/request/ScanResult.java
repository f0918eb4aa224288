package dev.oaiproxy.metering.request;

import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.json.MalformedException;
import org.jspecify.annotations.Nullable;

/** The result of reading a request's body. */
public sealed interface ScanResult {
    /** The body is a JSON object, and no member that bears on money is in doubt. */
    record Facts(RequestFacts facts) implements ScanResult {}

    /**
     * The body must not be passed on.
     *
     * @param message the problem, in the words of OpenAI's own errors; contains no text of the body
     * @param param the wrong member, such as {@code stream_options.include_usage}, or null if it is
     *     the whole body
     */
    record Malformed(String message, @Nullable String param) implements ScanResult {
        /** True if the only problem is that this member is missing. */
        public boolean isMissing(String member) {
            return message.equals(MalformedException.missing(member).message());
        }
    }
}
