package dev.oaiproxy.metering.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.request.field.BodyReader;
import dev.oaiproxy.metering.request.field.ConversationFields;
import dev.oaiproxy.metering.request.field.FieldReader;
import dev.oaiproxy.metering.request.field.RequestFactsBuilder;
import dev.oaiproxy.metering.request.form.MultipartForm;
import dev.oaiproxy.metering.request.json.MalformedException;
import dev.oaiproxy.metering.request.json.RequestJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the few members of a request's body that bear on its cost, in one pass, without building a
 * tree of the rest.
 *
 * <p>A body that OpenAI might read differently is refused: duplicate members, another encoding, a
 * wrong type. Members that do not bear on money are left for OpenAI to check.
 */
public final class RequestScanner {
    private static final int DECODED_AT_ONCE = 4096;
    private static final int LONGEST_TIER = 64;
    private static final String USUAL = "application/json";

    private static final Pattern JSON =
            Pattern.compile(
                    "application/json\\s*(?:;\\s*(?:charset=\"?utf-?8\"?\\s*)?)?",
                    Pattern.CASE_INSENSITIVE);

    private RequestScanner() {}

    /**
     * Reads a body without keeping or changing it.
     *
     * @param contentType the {@code Content-Type} header, empty if there is none
     */
    public static ScanResult scan(Meter meter, String contentType, byte[] body) {
        Optional<String> fault = typeFault(contentType);
        if (fault.isPresent()) {
            return new ScanResult.Malformed(fault.get(), null);
        }
        boolean form = MultipartForm.isForm(contentType);
        if (form ? !meter.takesForm() : !meter.takesJson()) {
            String wanted = form ? "application/json" : "multipart/form-data";
            return new ScanResult.Malformed("Unsupported content type; send " + wanted + ".", null);
        }
        boolean leftOut = meter.takesNoBody() && body.length == 0;
        byte[] json = leftOut ? "{}".getBytes(UTF_8) : body;
        return form ? scanForm(meter, contentType, body) : scanJson(meter, json);
    }

    /**
     * The reason to refuse a body because of its content type. OpenAI must read a body as JSON in
     * UTF-8 if the proxy does.
     */
    public static Optional<String> typeFault(String contentType) {
        boolean plain =
                contentType.equals(USUAL)
                        || contentType.isBlank()
                        || MultipartForm.isForm(contentType)
                        || JSON.matcher(contentType.strip()).matches();
        return plain
                ? Optional.empty()
                : Optional.of(
                        "Unsupported content type; send application/json in UTF-8, or"
                                + " multipart/form-data where the operation takes a form.");
    }

    private static ScanResult scanForm(Meter meter, String contentType, byte[] body) {
        try {
            return new ScanResult.Facts(
                    FormScanner.scan(meter, MultipartForm.read(contentType, body)));
        } catch (MalformedException e) {
            return new ScanResult.Malformed(e.message(), e.param());
        }
    }

    /** Reads a body as JSON, whatever its headers say. */
    public static ScanResult scanJson(Meter meter, byte[] body) {
        return scanJson(body, meter::fields);
    }

    /** Reads the items of a conversation for their tools. */
    public static ScanResult scanItems(byte[] body) {
        return scanJson(body, ConversationFields::new);
    }

    /** The text of a body without its pictures and sounds. The body must have been read before. */
    public static byte[] text(Meter meter, byte[] body) {
        try (JsonParser in = RequestJson.SCANNING.createParser(body)) {
            BodyReader reader = new BodyReader(in, body);
            walk(reader, meter.fields(reader));
            return reader.facts.pictures.cutFrom(body);
        } catch (IOException e) {
            throw new IllegalArgumentException("not read before: " + e.getClass().getSimpleName());
        }
    }

    private static ScanResult scanJson(byte[] body, Function<BodyReader, FieldReader> fields) {
        String fault = encodingFault(body);
        if (fault != null) {
            return new ScanResult.Malformed(fault, null);
        }
        try (JsonParser in = RequestJson.SCANNING.createParser(body)) {
            BodyReader reader = new BodyReader(in, body);
            FieldReader meant = fields.apply(reader);
            walk(reader, meant);
            String model = reader.facts.model;
            return new ScanResult.Facts(
                    reader.facts.facts(
                            model == null ? meant.rowWithoutModel() : model, body.length));
        } catch (MalformedException e) {
            return new ScanResult.Malformed(e.message(), e.param());
        } catch (StreamConstraintsException e) {
            return new ScanResult.Malformed(unparsed("it is nested too deeply or too long"), null);
        } catch (IOException | IllegalStateException e) {
            // Jackson throws the latter when names collide in its table, which only happens in an
            // attack.
            return new ScanResult.Malformed(unparsed("it is not valid JSON"), null);
        }
    }

    private static void walk(BodyReader body, FieldReader fields) throws IOException {
        JsonParser in = body.in;
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new MalformedException(unparsed("it is not an object"), null);
        }
        for (String name = body.nextMember(); name != null; name = body.nextMember()) {
            if (!fields.read(body.plain(name))) {
                member(body, name);
            }
        }
        if (in.nextToken() != null) {
            throw new MalformedException(unparsed("something follows its end"), null);
        }
        fields.end();
    }

    /** Reads a member that all operations may have. */
    private static void member(BodyReader body, String name) throws IOException {
        RequestFactsBuilder facts = body.facts;
        switch (name) {
            case "model" -> facts.model = body.model(body.once(name));
            case "stream" -> facts.stream = body.jsonValues.flag(body.once(name));
            case "service_tier" ->
                    facts.serviceTier = body.jsonValues.text(body.once(name), LONGEST_TIER);
            case "prompt_cache_options" -> {
                if (body.jsonValues.object(body.once(name))) {
                    body.other(name);
                }
            }
            case "metadata" -> body.skip();
            default -> body.other(name);
        }
    }

    static String unparsed(String why) {
        return "We could not parse the JSON body of your request: " + why + ".";
    }

    static @Nullable String encodingFault(byte[] body) {
        if (body.length == 0) {
            return unparsed("it is empty");
        }
        if (startsLikeUtf16(body) || !utf8(body)) {
            return unparsed("it is not in UTF-8");
        }
        if (body.length >= 3 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB) {
            return unparsed("it starts with a byte order mark");
        }
        return null;
    }

    /**
     * True for a body that Jackson would read as UTF-16 or UTF-32, where a byte count is no safe
     * bound of the tokens.
     */
    private static boolean startsLikeUtf16(byte[] body) {
        for (int i = 0; i < Math.min(4, body.length); i++) {
            if (body[i] == 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * True for valid UTF-8. Jackson accepts overlong forms and lone surrogates, which other parsers
     * refuse or replace.
     */
    private static boolean utf8(byte[] body) {
        CharsetDecoder decoder = UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(body);
        CharBuffer out = CharBuffer.allocate(Math.min(DECODED_AT_ONCE, body.length));
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        return !result.isError();
    }
}
