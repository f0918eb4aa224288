package dev.oaiproxy.metering.usage.object;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

/** Parses the JSON of responses within Jackson's own limits, which are generous. */
public final class ResponseJson {
    public static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    // The names are OpenAI's. A failure in the middle of a response is worse than a
                    // slow one.
                    .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                    .recyclerPool(JsonRecyclerPools.sharedBoundedPool())
                    .build();

    private ResponseJson() {}
}
