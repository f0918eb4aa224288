package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How many tokens hosted tools are taken to add to a call, for the hold alone. OpenAI states no
 * bound for most of them, but the window of the model; what comes out dearer is charged in full.
 */
public final class ToolTokens {
    /** No expectations: the window of the model bounds each tool. */
    public static final ToolTokens NONE = new ToolTokens(Map.of());

    /** The part of the cost of hosted tools that a hold covers. */
    public enum Held {
        /** By the numbers of the price book. */
        EXPECTED,
        /** By the window of the model, for each call of a tool. */
        STRICT
    }

    static final String SEARCH = "web_search_high";

    private static final String IMAGE = "image_generation";
    private static final String IMAGE_INPUT = "image_input";
    private static final String IMAGE_OUTPUT = "image_output";
    private static final String MCP = "mcp";
    private static final String DEFINITION = "definition";
    private static final Set<String> NAMES =
            Set.of(
                    "web_search_low",
                    "web_search_medium",
                    SEARCH,
                    "file_search_result",
                    "container",
                    MCP,
                    DEFINITION,
                    IMAGE,
                    IMAGE_INPUT,
                    IMAGE_OUTPUT);

    private final Map<String, Long> tokens;

    private ToolTokens(Map<String, Long> tokens) {
        this.tokens = Map.copyOf(tokens);
    }

    static ToolTokens read(YamlNode node) {
        node.allowOnly(NAMES);
        Map<String, Long> tokens = new HashMap<>();
        for (String name : node.names()) {
            tokens.put(name, node.field(name).as(PriceReader::tokens));
        }
        return new ToolTokens(tokens);
    }

    /** The tokens that one call of any of the tools gives the model; nothing without a bound. */
    public OptionalLong found(RequestFacts.Tools tools) {
        long most = 0;
        for (Surcharge tool : tools.reach()) {
            OptionalLong one = found(tool);
            if (one.isEmpty()) {
                return one;
            }
            most = Math.max(most, one.getAsLong());
        }
        return OptionalLong.of(most);
    }

    /**
     * What the model reads of the tools themselves before it calls one; as much as one call finds
     * where the price book does not tell.
     */
    public long words(RequestFacts.Tools tools) {
        return tools.reach().stream().mapToLong(this::words).reduce(0, Math::addExact);
    }

    private long words(Surcharge tool) {
        long found = found(tool).orElse(0);
        return switch (tool) {
            // A server describes its tools as it likes.
            case Surcharge.Tokens _ -> found;
            case Surcharge.Units _, Surcharge.Run _, Surcharge.Author _, Surcharge.Compaction _ ->
                    tokens.getOrDefault(DEFINITION, found);
        };
    }

    /** The tokens that one search of a search model finds; nothing without a bound. */
    public OptionalLong searched() {
        return times(SEARCH, 1);
    }

    private OptionalLong found(Surcharge tool) {
        return switch (tool) {
            case Surcharge.Units(_, _, _, Surcharge.Finding(String name, long times)) ->
                    times(name, times);
            case Surcharge.Units _, Surcharge.Author _, Surcharge.Compaction _ ->
                    OptionalLong.empty();
            case Surcharge.Run _ -> times(IMAGE, 1);
            case Surcharge.Tokens(_, Surcharge.Source source) ->
                    switch (source) {
                        case REQUEST -> OptionalLong.of(0);
                        case OUTSIDE -> times(MCP, 1);
                    };
        };
    }

    private OptionalLong times(String name, long times) {
        Long one = tokens.get(name);
        return one == null
                ? OptionalLong.empty()
                : OptionalLong.of(Math.multiplyExact((long) one, times));
    }

    /** The input of a run of an image model for a tool. */
    public long runInput(ModelPrice image) {
        return least(IMAGE_INPUT, image.limits().inputTokens());
    }

    /** The output of a run of an image model for a tool. */
    public long runOutput(ModelPrice image) {
        return least(IMAGE_OUTPUT, image.limits().outputTokens());
    }

    private long least(String name, long limit) {
        return Math.min(tokens.getOrDefault(name, limit), limit);
    }
}
