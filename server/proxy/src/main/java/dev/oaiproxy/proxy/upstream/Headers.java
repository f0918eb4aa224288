package dev.oaiproxy.proxy.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The headers of a message, in order. Names may repeat, and are compared without regard to case.
 * Immutable.
 */
public record Headers(List<Header> all) {
    public static final Headers NONE = new Headers(List.of());

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    public Headers {
        all = List.copyOf(all);
    }

    /**
     * One header line.
     *
     * @param name a token of RFC 9110
     * @param value without line breaks or other control characters than the tab
     */
    public record Header(String name, String value) {
        /** Refuses characters that could end the line early or start another header. */
        public Header {
            if (!isToken(name)) {
                throw new IllegalArgumentException("not a header name");
            }
            for (int i = 0; i < value.length(); i++) {
                char character = value.charAt(i);
                if ((character < ' ' && character != '\t') || character == 0x7f) {
                    throw new IllegalArgumentException("control character in header " + name);
                }
            }
        }

        boolean isNamed(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    /** Headers from alternating names and values. */
    public static Headers of(String... namesAndValues) {
        List<Header> all = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            all.add(new Header(namesAndValues[i], namesAndValues[i + 1]));
        }
        return new Headers(all);
    }

    /** Headers as Helidon has read them. */
    public static Headers of(io.helidon.http.Headers read) {
        List<Header> all = new ArrayList<>();
        for (io.helidon.http.Header header : read) {
            for (String value : header.allValues()) {
                all.add(new Header(header.name(), value));
            }
        }
        return new Headers(all);
    }

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenCharacter(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || TOKEN_MARKS.indexOf(c) >= 0;
    }

    /** The first value of a name. */
    public Optional<String> first(String name) {
        for (Header header : all) {
            if (header.isNamed(name)) {
                return Optional.of(header.value());
            }
        }
        return Optional.empty();
    }

    /** Every value of a name, in order. */
    public List<String> values(String name) {
        List<String> values = List.of();
        for (Header header : all) {
            if (header.isNamed(name)) {
                values = values.isEmpty() ? new ArrayList<>(2) : values;
                values.add(header.value());
            }
        }
        return values;
    }

    /** The headers whose name passes the filter, in order. */
    public Headers filter(Predicate<String> name) {
        return only(header -> name.test(header.name()));
    }

    /** The headers that pass the filter, in order. */
    public Headers only(Predicate<Header> passes) {
        List<Header> some = new ArrayList<>(all.size());
        for (Header header : all) {
            if (passes.test(header)) {
                some.add(header);
            }
        }
        return some.size() == all.size() ? this : new Headers(some);
    }

    /** These headers with one more at the end. */
    public Headers with(String name, String value) {
        List<Header> more = new ArrayList<>(all);
        more.add(new Header(name, value));
        return new Headers(more);
    }

    /** The names only, since a value may be a secret. */
    @Override
    public String toString() {
        return all.stream().map(Header::name).toList().toString();
    }
}
