package dev.oaiproxy.server.catalogue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

/** How the JSON of a request is parsed: strictly, and within bounds. */
final class RequestJson {
    private static final int DEEPEST = 1000;
    private static final int LONGEST_NUMBER = 100_000;
    private static final int LONGEST_READ_STRING = 65_536;

    /** For reading: only the strings that are looked at count against the longest string. */
    static final JsonFactory SCANNING = factory(LONGEST_READ_STRING);

    /** For editing: a value that is replaced may be of any length. */
    static final JsonFactory EDITING = factory(Integer.MAX_VALUE);

    private RequestJson() {}

    /** Names are the caller's, so they are not interned, which would keep them for good. */
    private static JsonFactory factory(int longestString) {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .recyclerPool(JsonRecyclerPools.sharedBoundedPool())
                .streamReadConstraints(
                        StreamReadConstraints.builder()
                                .maxNestingDepth(DEEPEST)
                                .maxNumberLength(LONGEST_NUMBER)
                                .maxStringLength(longestString)
                                .build())
                .build();
    }
}
