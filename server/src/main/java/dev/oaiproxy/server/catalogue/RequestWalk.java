package dev.oaiproxy.server.catalogue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.server.catalogue.InputScan.Part;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One pass over one body. */
final class RequestWalk {
    private static final int LONGEST_MODEL = 256;
    private static final int LONGEST_TIER = 64;
    private static final int MOST_CHOICES = 128;

    private static final Set<String> OWN_TOOLS = Set.of("function", "custom");

    private final JsonParser in;
    private final long bodyBytes;
    private final Values values;
    private final InputScan input;
    private final Set<String> seen = new HashSet<>();

    private @Nullable String model;
    private boolean stream;
    private boolean usageWanted;
    private @Nullable Long maxOutputTokens;
    private int choices = 1;
    private @Nullable String serviceTier;
    private boolean webSearch;

    RequestWalk(JsonParser in, long bodyBytes) {
        this.in = in;
        this.bodyBytes = bodyBytes;
        this.values = new Values(in);
        this.input = new InputScan(in);
    }

    /**
     * Reads the whole body.
     *
     * @throws MalformedException when it must not be passed on
     */
    RequestFacts facts() throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new MalformedException(RequestScanner.unparsed("it is not an object"), null);
        }
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            in.nextToken();
            member(name);
        }
        if (in.nextToken() != null) {
            throw new MalformedException(RequestScanner.unparsed("more follows its end"), null);
        }
        if (model == null) {
            throw MalformedException.missing("model");
        }
        return facts(model);
    }

    private RequestFacts facts(String named) {
        return new RequestFacts(
                named,
                stream,
                usageWanted,
                bodyBytes,
                input.bounded(),
                maxOutputTokens,
                choices,
                serviceTier,
                input.longCacheWrite(),
                webSearch);
    }

    private void member(String name) throws IOException {
        switch (name) {
            case "model" -> model = requiredText(name);
            case "stream" -> stream = values.flag(once(name));
            case "stream_options" -> streamOptions(once(name));
            case "max_tokens", "max_completion_tokens" -> outputLimit(once(name));
            case "n" -> choices(once(name));
            case "service_tier" -> serviceTier = values.text(once(name), LONGEST_TIER);
            case "prompt_cache_options" -> cacheOptions(once(name));
            case "messages" -> input.member(Part.MESSAGES, name);
            // What a function's schema calls its own parameters says nothing about the input.
            case "functions", "response_format", "metadata" -> in.skipChildren();
            case "tools" -> tools(once(name));
            case "web_search_options" -> webSearch(once(name));
            default -> input.member(Part.OTHER, name);
        }
    }

    private void webSearch(String name) throws IOException {
        webSearch = !in.hasToken(JsonToken.VALUE_NULL);
        input.member(Part.OTHER, name);
    }

    /** A hosted tool would cost a fee that no usage tells; chat knows none but by a new name. */
    private void tools(String name) throws IOException {
        if (!in.hasToken(JsonToken.START_ARRAY)) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() != JsonToken.END_ARRAY) {
            tool(name);
        }
    }

    private void tool(String name) throws IOException {
        int depth = in.currentToken().isStructStart() ? 1 : 0;
        while (depth > 0) {
            JsonToken token = in.nextToken();
            if (depth == 1 && token == JsonToken.FIELD_NAME && in.currentName().equals("type")) {
                String type = in.nextToken() == JsonToken.VALUE_STRING ? in.getText() : "";
                if (!OWN_TOOLS.contains(type)) {
                    throw new MalformedException(
                            "This proxy cannot meter hosted tools on this endpoint; use tools of"
                                    + " type 'function' or 'custom'.",
                            name);
                }
                token = in.currentToken();
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        }
    }

    private String once(String name) throws MalformedException {
        if (!seen.add(name)) {
            throw MalformedException.twice(name);
        }
        return name;
    }

    private String requiredText(String name) throws IOException {
        String text = values.text(once(name), LONGEST_MODEL);
        if (text == null) {
            throw MalformedException.type(name, "a string", "null");
        }
        return text;
    }

    private void choices(String name) throws IOException {
        Integer given = values.count(name, 1, MOST_CHOICES);
        choices = given == null ? 1 : given;
    }

    /** Of two limits the larger is taken: which of them OpenAI obeys is not for us to guess. */
    private void outputLimit(String name) throws IOException {
        Integer given = values.count(name, 0, Integer.MAX_VALUE);
        if (given != null) {
            maxOutputTokens = Math.max(given, maxOutputTokens == null ? 0 : maxOutputTokens);
        }
    }

    private void cacheOptions(String name) throws IOException {
        if (values.object(name)) {
            input.member(Part.OTHER, name);
        }
    }

    private void streamOptions(String name) throws IOException {
        if (!values.object(name)) {
            return;
        }
        while (in.nextToken() != JsonToken.END_OBJECT) {
            boolean includeUsage = in.currentName().equals("include_usage");
            in.nextToken();
            if (includeUsage) {
                usageWanted = values.flag(once("stream_options.include_usage"));
            } else {
                in.skipChildren();
            }
        }
    }
}
