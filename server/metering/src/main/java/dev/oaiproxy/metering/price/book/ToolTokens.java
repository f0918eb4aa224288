package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The tokens that hosted tools are expected to add to a call, for the hold alone. For most tools
 * OpenAI states no bound other than the model's context window. A call that costs more than its
 * hold is still charged in full.
 */
public final class ToolTokens {
    /** No expectations: the context window of the model bounds each tool. */
    public static final ToolTokens NONE = new ToolTokens(Map.of());

    /** The part of the cost of hosted tools that a hold covers. */
    public enum Held {
        /** The numbers of the price book. */
        EXPECTED,
        /** The context window of the model, for each tool call. */
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

    /**
     * The most tokens in the result of one call of any of the tools; nothing if they have no bound.
     */
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
     * The tokens of the tools' definitions, which the model reads before it calls a tool. The
     * tokens of one result count if the price book does not state those of a definition.
     */
    public long words(RequestFacts.Tools tools) {
        return tools.reach().stream().mapToLong(this::words).reduce(0, Math::addExact);
    }

    private long words(Surcharge tool) {
        long found = found(tool).orElse(0);
        return switch (tool) {
            // An MCP server describes its tools at any length.
            case Surcharge.Tokens _ -> found;
            case Surcharge.Units _, Surcharge.Run _, Surcharge.Author _, Surcharge.Compaction _ ->
                    tokens.getOrDefault(DEFINITION, found);
        };
    }

    /** The tokens in the result of one search of a search model; nothing if they have no bound. */
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

    /** The input tokens of one run of an image model as a tool. */
    public long runInput(ModelPrice image) {
        return least(IMAGE_INPUT, image.limits().inputTokens());
    }

    /** The output tokens of one run of an image model as a tool. */
    public long runOutput(ModelPrice image) {
        return least(IMAGE_OUTPUT, image.limits().outputTokens());
    }

    private long least(String name, long limit) {
        return Math.min(tokens.getOrDefault(name, limit), limit);
    }
}
