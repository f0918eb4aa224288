package dev.oaiproxy.proxy.relay.free;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of one of OpenAI's lists.
 *
 * @param elements the elements, each with its bytes as they were sent
 * @param more true when further pages follow, null when the list does not say
 */
record ListPage(List<Element> elements, @Nullable Boolean more) {
    private static final JsonFactory JSON = new JsonFactory();

    /**
     * An element of a list.
     *
     * @param id its id, or an empty text
     * @param json the element, byte for byte
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes in transit, never compared.
    record Element(String id, byte[] json) {}

    /** True when no page follows. */
    boolean isLast() {
        return elements.isEmpty() || (more == null ? elements.size() < ListQuery.PAGE : !more);
    }

    /**
     * Reads a page.
     *
     * @throws IOException when it is not a list
     */
    static ListPage of(byte[] body) throws IOException {
        List<Element> elements = new ArrayList<>();
        Boolean more = null;
        try (JsonParser in = JSON.createParser(body)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a list");
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                if (name.equals("data") && in.isExpectedStartArrayToken()) {
                    elements(in, body, elements);
                } else if (name.equals("has_more")) {
                    more = in.hasToken(JsonToken.VALUE_TRUE);
                } else {
                    in.skipChildren();
                }
            }
        }
        return new ListPage(List.copyOf(elements), more);
    }

    private static void elements(JsonParser in, byte[] body, List<Element> elements)
            throws IOException {
        while (in.nextToken() != JsonToken.END_ARRAY) {
            int from = (int) in.currentTokenLocation().getByteOffset();
            String id = in.isExpectedStartObjectToken() ? id(in) : "";
            in.finishToken();
            int to = (int) in.currentLocation().getByteOffset();
            elements.add(new Element(id, Arrays.copyOfRange(body, from, to)));
        }
    }

    private static String id(JsonParser in) throws IOException {
        String id = "";
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = in.currentName().equals("id");
            if (in.nextToken() == JsonToken.VALUE_STRING && wanted) {
                id = in.getText();
            }
            in.skipChildren();
        }
        return id;
    }
}
