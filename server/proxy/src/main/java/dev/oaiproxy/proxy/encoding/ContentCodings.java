package dev.oaiproxy.proxy.encoding;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The codings of one body, in the order in which they were applied.
 *
 * @param known the codings that can be undone
 * @param unknown the name of a coding that cannot be undone, if any
 */
record ContentCodings(List<ContentCoding> known, Optional<String> unknown) {
    /** The most codings of one body: more than any client applies. */
    private static final int MOST = 4;

    private static final int LONGEST_NAME = 40;

    /** Reads the values of {@code Content-Encoding}. */
    static ContentCodings of(List<String> values) {
        List<ContentCoding> known = new ArrayList<>();
        for (String value : values) {
            for (String part : value.split(",", -1)) {
                String name = part.strip().toLowerCase(Locale.ROOT);
                Optional<ContentCoding> coding = ContentCoding.named(name);
                coding.ifPresent(known::add);
                boolean plain = name.isEmpty() || name.equals("identity");
                if ((coding.isEmpty() && !plain) || known.size() > MOST) {
                    return new ContentCodings(known, Optional.of(cut(part.strip())));
                }
            }
        }
        return new ContentCodings(known, Optional.empty());
    }

    private static String cut(String name) {
        return name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }

    /**
     * Decodes a stream.
     *
     * @param most the most bytes that each step may yield
     */
    InputStream decode(InputStream encoded, int most) throws IOException {
        InputStream decoded = encoded;
        try {
            for (ContentCoding contentCoding : known.reversed()) {
                decoded = new BoundedInputStream(contentCoding.decode(decoded), most);
            }
        } catch (IOException e) {
            decoded.close();
            throw e;
        }
        return decoded;
    }

    @Override
    public String toString() {
        return known.stream().map(ContentCoding::text).collect(Collectors.joining(", "));
    }
}
