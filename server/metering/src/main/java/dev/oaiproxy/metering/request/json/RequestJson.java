package dev.oaiproxy.metering.request.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;

/** Parses the JSON of requests strictly and with limits. */
public final class RequestJson {
    private static final int DEEPEST = 1000;
    private static final int LONGEST_NUMBER = 100_000;
    private static final int LONGEST_READ_STRING = 65_536;

    /** The factory for reading. Only strings that are read count against the limit on strings. */
    public static final JsonFactory SCANNING = factory(LONGEST_READ_STRING);

    /** The factory for editing. A replaced value may have any length. */
    static final JsonFactory EDITING = factory(Integer.MAX_VALUE);

    /**
     * Accepts everything that some JSON parser accepts, such as NaN, comments and trailing commas.
     */
    private static final JsonFactory LENIENT = lenient();

    private RequestJson() {}

    /** True if even the most lenient parser cannot parse a text. */
    public static boolean isHopeless(byte[] text) {
        try (JsonParser in = LENIENT.createParser(text)) {
            while (in.nextToken() != null) {
                in.finishToken();
            }
            return false;
        } catch (StreamConstraintsException | IllegalStateException e) {
            // Another parser may have other limits.
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

    /** The names are the caller's. Interning would keep them in memory forever. */
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
