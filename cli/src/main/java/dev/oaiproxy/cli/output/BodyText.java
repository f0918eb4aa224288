package dev.oaiproxy.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.oaiproxy.api.Json;

/** The body of a request or an answer, for a person. */
public final class BodyText {
    private BodyText() {}

    /** The body indented when it is JSON, else as it is; without control characters. */
    public static String pretty(String body) {
        try {
            var mapper = Json.mapper();
            return SafeText.visible(mapper.readTree(body).toPrettyString());
        } catch (JsonProcessingException e) {
            return SafeText.visible(body);
        }
    }
}
