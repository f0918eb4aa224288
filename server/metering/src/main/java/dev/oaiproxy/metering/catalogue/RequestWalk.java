package dev.oaiproxy.metering.catalogue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.function.Function;

/** One pass over one body. */
final class RequestWalk {
    private static final int LONGEST_TIER = 64;

    private final BodyReader body;
    private final Members members;
    private final long bodyBytes;

    RequestWalk(Meter meter, JsonParser in, byte[] bytes) {
        this(new BodyReader(in, bytes), body -> members(meter, body), bytes.length);
    }

    private RequestWalk(BodyReader body, Function<BodyReader, Members> members, long bodyBytes) {
        this.body = body;
        this.members = members.apply(body);
        this.bodyBytes = bodyBytes;
    }

    /** A walk over what is put into a conversation. */
    static RequestWalk ofItems(JsonParser in, byte[] bytes) {
        return new RequestWalk(new BodyReader(in, bytes), ItemMembers::new, bytes.length);
    }

    private static Members members(Meter meter, BodyReader body) {
        return switch (meter) {
            case CHAT -> new ChatMembers(body);
            case COMPLETION -> new CompletionMembers(body);
            case RESPONSE, RESPONSE_SOCKET -> new ResponseMembers(body, true);
            case COMPACTION -> new ResponseMembers(body, false);
            case IMAGE, IMAGE_EDIT -> new ImageMembers(body);
            case SPEECH -> new SpeechMembers(body);
            case CONTAINER -> new ContainerMembers(body);
            case BATCH -> new BatchMembers(body);
            case EMBEDDINGS, DECISION -> new InputMembers(body);
            case TRANSCRIPTION, TRANSLATION -> new InputMembers(body);
            case FINE_TUNING -> new FineTuningMembers(body);
            case REALTIME, REALTIME_TRANSLATION -> new InputMembers(body);
            case SEARCH -> new SearchMembers(body);
            case STORAGE -> new StorageMembers(body);
        };
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
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = body.plain(in.currentName());
            in.nextToken();
            if (!members.read(name)) {
                member(name);
            }
        }
        if (in.nextToken() != null) {
            throw new MalformedException(RequestScanner.unparsed("more follows its end"), null);
        }
        members.end();
        String model = body.found.model;
        return body.found.facts(model == null ? members.rowWithoutModel() : model, bodyBytes);
    }

    /** Reads the whole body for what is text of it. */
    byte[] text(byte[] bytes) throws IOException {
        facts();
        return body.found.pictures.cutFrom(bytes);
    }

    private void member(String name) throws IOException {
        Found found = body.found;
        switch (name) {
            case "model" -> found.model = body.model(body.once(name));
            case "stream" -> found.stream = body.values.flag(body.once(name));
            case "service_tier" ->
                    found.serviceTier = body.values.text(body.once(name), LONGEST_TIER);
            case "prompt_cache_options" -> {
                if (body.values.object(body.once(name))) {
                    body.other(name);
                }
            }
            case "metadata" -> body.skip();
            default -> body.other(name);
        }
    }
}
