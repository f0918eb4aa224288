package dev.oaiproxy.metering.request.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;

/** Parses the JSON of requests strictly, and within bounds. */
public final class RequestJson {
    private static final int DEEPEST = 1000;
    private static final int LONGEST_NUMBER = 100_000;
    private static final int LONGEST_READ_STRING = 65_536;

    /** For reading: only the strings that are looked at count against the longest string. */
    public static final JsonFactory SCANNING = factory(LONGEST_READ_STRING);

    /** For editing: a value that is replaced may be of any length. */
    static final JsonFactory EDITING = factory(Integer.MAX_VALUE);

    /** Takes whatever some parser of JSON takes: NaN, comments, commas at ends and the like. */
    private static final JsonFactory LENIENT = lenient();

    private RequestJson() {}

    /** True if no parser could make anything of a text, however lenient it is. */
    public static boolean isHopeless(byte[] text) {
        try (JsonParser in = LENIENT.createParser(text)) {
            while (in.nextToken() != null) {
                in.finishToken();
            }
            return false;
        } catch (StreamConstraintsException | IllegalStateException e) {
            // Another parser may have other bounds.
            return false;
        } catch (IOException notJson) {
            return true;
        }
    }

    private static JsonFactory lenient() {
        JsonFactoryBuilder builder = new JsonFactoryBuilder();
        builder.disable(JsonFactory.Feature.INTERN_FIELD_NAMES);
        builder.recyclerPool(JsonRecyclerPools.sharedBoundedPool());
        builder.streamReadConstraints(
                StreamReadConstraints.builder()
                        .maxNestingDepth(DEEPEST)
                        .maxNumberLength(LONGEST_NUMBER)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build());
        for (JsonReadFeature feature : JsonReadFeature.values()) {
            builder.enable(feature);
        }
        return builder.build();
    }

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
