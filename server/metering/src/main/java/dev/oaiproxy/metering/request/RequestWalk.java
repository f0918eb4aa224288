package dev.oaiproxy.metering.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.field.BodyReader;
import dev.oaiproxy.metering.request.field.ConversationFields;
import dev.oaiproxy.metering.request.field.FieldReader;
import dev.oaiproxy.metering.request.field.RequestFactsBuilder;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import java.util.function.Function;

/** One pass over one body. */
final class RequestWalk {
    private static final int LONGEST_TIER = 64;

    private final BodyReader body;
    private final FieldReader fields;
    private final long bodyBytes;

    RequestWalk(Meter meter, JsonParser in, byte[] bytes) {
        this(new BodyReader(in, bytes), meter::fields, bytes.length);
    }

    private RequestWalk(
            BodyReader body, Function<BodyReader, FieldReader> members, long bodyBytes) {
        this.body = body;
        this.fields = members.apply(body);
        this.bodyBytes = bodyBytes;
    }

    /** A walk over what is put into a conversation. */
    static RequestWalk ofItems(JsonParser in, byte[] bytes) {
        return new RequestWalk(new BodyReader(in, bytes), ConversationFields::new, bytes.length);
    }

    /**
     * Reads the whole body.
     *
     * @throws MalformedException when it must not be passed on
     */
    RequestFacts facts() throws IOException {
        JsonParser in = body.in;
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new MalformedException(RequestScanner.unparsed("it is not an object"), null);
        }
        for (String name = body.nextMember(); name != null; name = body.nextMember()) {
            if (!fields.read(body.plain(name))) {
                member(name);
            }
        }
        if (in.nextToken() != null) {
            throw new MalformedException(RequestScanner.unparsed("more follows its end"), null);
        }
        fields.end();
        String model = body.facts.model;
        return body.facts.facts(model == null ? fields.rowWithoutModel() : model, bodyBytes);
    }

    /** Reads the whole body for what is text of it. */
    byte[] text(byte[] bytes) throws IOException {
        facts();
        return body.facts.pictures.cutFrom(bytes);
    }

    private void member(String name) throws IOException {
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
}
