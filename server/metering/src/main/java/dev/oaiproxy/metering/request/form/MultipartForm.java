package dev.oaiproxy.metering.request.form;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.oaiproxy.metering.request.json.MalformedException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A {@code multipart/form-data} body (RFC 7578), read in place, with the names and positions of its
 * parts.
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes in transit, never compared.
public record MultipartForm(byte[] body, List<MultipartForm.FormPart> parts, int firstDelimiter) {
    private static final String USUAL = "application/json";
    private static final String TYPE = "multipart/form-data";

    /**
     * The longest boundary, in characters. RFC 2046, section 5.1.1, allows 70, which some clients
     * exceed.
     */
    private static final int LONGEST_BOUNDARY = 200;

    /**
     * One part.
     *
     * @param file true if the part names a file
     * @param from the offset of its value in the body
     * @param to the offset after its value
     */
    public record FormPart(String name, boolean file, long from, long to) {
        int size() {
            return Math.toIntExact(to - from);
        }
    }

    public static boolean isForm(String contentType) {
        return !contentType.startsWith(USUAL)
                && contentType.strip().toLowerCase(Locale.ROOT).startsWith(TYPE);
    }

    public static String boundary(String contentType) throws MalformedException {
        HeaderParameters type = HeaderParameters.read(contentType.strip());
        String charset = type.plain("charset").orElse("utf-8").toLowerCase(Locale.ROOT);
        if (!type.value().equals(TYPE) || !charset.matches("utf-?8")) {
            throw HeaderParameters.odd("this proxy does not accept its content type");
        }
        return type.plain("boundary")
                .filter(boundary -> boundary.matches("[!-~ ]*[!-~]"))
                .filter(boundary -> boundary.length() <= LONGEST_BOUNDARY)
                .orElseThrow(() -> HeaderParameters.odd("its boundary is missing or odd"));
    }

    public static MultipartForm read(String contentType, byte[] body) throws MalformedException {
        FormReader reader = new FormReader(boundary(contentType));
        reader.read(body, 0, body.length);
        return new MultipartForm(body, reader.end(), Math.toIntExact(reader.firstDelimiter()));
    }

    /** The value of the only field with this name. Files do not count. */
    public Optional<String> text(String name, int longest) throws MalformedException {
        Optional<FormPart> field = field(name);
        if (field.isEmpty()) {
            return Optional.empty();
        }
        if (field.get().size() > longest) {
            throw MalformedException.value(name, "at most " + longest + " characters");
        }
        return field.map(this::text);
    }

    private Optional<FormPart> field(String name) throws MalformedException {
        List<FormPart> named = parts.stream().filter(part -> isCalled(part, name)).toList();
        if (named.size() > 1) {
            throw MalformedException.twice(name);
        }
        if (!named.isEmpty() && named.getFirst().file()) {
            throw MalformedException.type(name, "a field", "a file");
        }
        if (!named.isEmpty() && !named.getFirst().name().equals(name)) {
            throw new MalformedException(
                    "The field '" + name + "' must have exactly this name.", name);
        }
        return named.stream().findFirst();
    }

    /** True if some parser might take a part for the field with this name. */
    private static boolean isCalled(FormPart part, String name) {
        return plain(part.name()).equalsIgnoreCase(plain(name));
    }

    /**
     * All parts that some parser might take for the field with this name, or for a member of it.
     */
    public List<FormPart> partsLike(String name) {
        return parts.stream()
                .filter(part -> plain(part.name()).toLowerCase(Locale.ROOT).startsWith(name))
                .toList();
    }

    private static String plain(String name) {
        return name.replaceAll("[\\s\\[\\]\\\\]", "");
    }

    public String text(FormPart part) {
        return new String(body, (int) part.from(), part.size(), UTF_8);
    }

    public Stream<FormPart> files() {
        return parts.stream().filter(FormPart::file);
    }

    /**
     * The bytes of a form with a new value of a field. A missing field is inserted at the start,
     * and all other bytes stay the same.
     *
     * @throws IllegalArgumentException if it is not a form that {@code RequestScanner} accepts
     */
    public static byte[] with(String contentType, byte[] body, String name, String value) {
        try {
            return read(contentType, body).with(boundary(contentType), name, value);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e.message());
        }
    }

    /**
     * The bytes of a form with a changed text of a field, if the field is present.
     *
     * @throws IllegalArgumentException if it is not a form that {@code RequestScanner} accepts
     */
    public static byte[] withText(
            String contentType, byte[] body, String name, UnaryOperator<String> change) {
        try {
            MultipartForm form = read(contentType, body);
            Optional<FormPart> field = form.field(name);
            return field.isEmpty()
                    ? body
                    : form.with("", name, change.apply(form.text(field.get())));
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e.message());
        }
    }

    private byte[] with(String boundary, String name, String value) throws MalformedException {
        Optional<FormPart> old = field(name);
        if (old.isPresent()) {
            return joined((int) old.get().from(), value.getBytes(UTF_8), (int) old.get().to());
        }
        String part =
                "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                        .formatted(boundary, name, value);
        return joined(firstDelimiter, part.getBytes(ISO_8859_1), firstDelimiter);
    }

    /** The body up to an offset, other bytes, and the body from another offset on. */
    private byte[] joined(int to, byte[] between, int from) {
        // The body may hold a file, so it is copied only once.
        byte[] joined = new byte[to + between.length + body.length - from];
        System.arraycopy(body, 0, joined, 0, to);
        System.arraycopy(between, 0, joined, to, between.length);
        System.arraycopy(body, from, joined, to + between.length, body.length - from);
        return joined;
    }

    @Override
    public String toString() {
        return "MultipartForm" + parts;
    }
}
