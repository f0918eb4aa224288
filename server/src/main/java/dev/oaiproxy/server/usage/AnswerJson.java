package dev.oaiproxy.server.usage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

/** How the JSON of an answer is parsed: within Jackson's own bounds, which are generous. */
final class AnswerJson {
    static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .recyclerPool(JsonRecyclerPools.sharedBoundedPool())
                    .build();

    private AnswerJson() {}
}
