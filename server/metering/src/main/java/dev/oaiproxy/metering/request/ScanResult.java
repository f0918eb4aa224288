package dev.oaiproxy.metering.request;

import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.json.MalformedException;
import org.jspecify.annotations.Nullable;

/** The result of reading a request's body. */
public sealed interface ScanResult {
    /** The body is a JSON object, and nothing in it that bears on money is in doubt. */
    record Facts(RequestFacts facts) implements ScanResult {}

    /**
     * The body must not be passed on.
     *
     * @param message what is wrong, in the words of OpenAI's own errors; holds no text of the body
     * @param param the member that is wrong ({@code stream_options.include_usage}), or null when it
     *     is the body as a whole
     */
    record Malformed(String message, @Nullable String param) implements ScanResult {
        /** True if all that is wrong is that a member is not there. */
        public boolean isMissing(String member) {
            return message.equals(MalformedException.missing(member).message());
        }
    }
}
