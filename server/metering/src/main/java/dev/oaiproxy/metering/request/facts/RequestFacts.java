package dev.oaiproxy.metering.request.facts;

import dev.oaiproxy.metering.request.picture.Pictures;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The facts of a request that bear on its cost or on the ownership of the objects it uses.
 *
 * @param model the requested model, or the row of the price book that stands for it
 * @param serviceTier the requested tier, or null
 * @param extras possible charges beside the tokens of the model
 * @param file the id of the file at OpenAI that holds the work, or null
 */
public record RequestFacts(
        String model,
        Flow flow,
        Input input,
        Output output,
        @Nullable String serviceTier,
        Tools tools,
        List<Surcharge> extras,
        @Nullable String file) {
    public RequestFacts {
        extras = List.copyOf(extras);
    }

    /**
     * The form of the response.
     *
     * @param stream true for a stream
     * @param usageWanted true if the request itself asks for the usage chunk of a stream
     * @param background true if OpenAI continues to work after its first response
     * @param format the requested format of the response, or null
     * @param window the name of the completion window for a background response at a lower price,
     *     or null
     */
    public record Flow(
            boolean stream,
            boolean usageWanted,
            boolean background,
            @Nullable String format,
            @Nullable String window) {}

    /**
     * The input.
     *
     * @param bound the size of the body, or a closer bound of the text tokens
     * @param bounded false if the body names files or the like, whose tokens its size does not
     *     bound, or images that are not among {@code pictures}
     * @param countable true if OpenAI can count the tokens before the call and the call reads the
     *     same tokens; a conversation may grow, and the content behind a URL may change
     * @param longCacheWrite true if the call may write to the cache for 12 hours
     * @param recalls true if OpenAI also reads earlier items that are not in the request
     * @param pictures the pictures and sounds, whose tokens depend on the model
     */
    public record Input(
            long bound,
            boolean bounded,
            boolean countable,
            boolean longCacheWrite,
            boolean recalls,
            Pictures pictures) {
        private Input grown(long tokens) {
            long more = Math.addExact(bound, tokens);
            return new Input(more, bounded, countable, longCacheWrite, recalls, pictures);
        }

        private Input counted(long tokens, Pictures rest) {
            return new Input(tokens, true, countable, longCacheWrite, recalls, rest);
        }
    }

    /**
     * The output.
     *
     * @param maxTokens the requested limit of one output, or null
     * @param choices the most outputs that are billed; 0 if none is
     * @param quality the requested quality of images, or null
     */
    public record Output(@Nullable Long maxTokens, long choices, @Nullable String quality) {}

    /**
     * The tools that OpenAI runs itself.
     *
     * @param calls the most tool calls, or null if the request sets no limit
     * @param searchOptions true if a chat asks for searches, which only search models have a price
     *     for
     * @param reach the tools that the model can call; one call costs at most the dearest of them
     * @param carried the tools that an item of the input brings; OpenAI may keep them and offer
     *     them to the model again in later requests
     */
    public record Tools(
            @Nullable Integer calls,
            boolean searchOptions,
            List<Surcharge> reach,
            List<Surcharge> carried) {
        public static final Tools NONE = new Tools(null, false, List.of(), List.of());

        public Tools {
            reach = List.copyOf(reach);
            carried = List.copyOf(carried);
        }

        /** True if OpenAI may run the model again with the result of a tool. */
        public boolean isHosted() {
            return !reach.isEmpty();
        }
    }

    /** The same request with another output limit. */
    public RequestFacts withMaxOutputTokens(long tokens) {
        Output limited = new Output(tokens, output.choices(), output.quality());
        return new RequestFacts(model, flow, input, limited, serviceTier, tools, extras, file);
    }

    /** The same request with a closer bound of its input tokens. */
    public RequestFacts withInputBound(long tokens) {
        return with(input.counted(tokens, Pictures.NONE));
    }

    /** The same request with a closer bound of its text tokens. Its pictures stay as they are. */
    public RequestFacts withTextBound(long tokens) {
        Pictures rest = input.pictures();
        return with(input.counted(tokens, new Pictures(rest.counts(), 0, rest.audioTokens())));
    }

    /** The same request with this many more text tokens. */
    public RequestFacts withMoreInput(long tokens) {
        return with(input.grown(tokens));
    }

    private RequestFacts with(Input other) {
        return new RequestFacts(model, flow, other, output, serviceTier, tools, extras, file);
    }

    public RequestFacts withServiceTier(String tier) {
        return new RequestFacts(model, flow, input, output, tier, tools, extras, file);
    }

    /** The same request with other possible charges beside the model. */
    public RequestFacts withExtras(List<Surcharge> others) {
        return new RequestFacts(model, flow, input, output, serviceTier, tools, others, file);
    }

    /** The same request with another limit on the calls of hosted tools. */
    public RequestFacts withToolCalls(int calls) {
        return with(new Tools(calls, tools.searchOptions(), tools.reach(), tools.carried()));
    }

    public RequestFacts with(Tools others) {
        return new RequestFacts(model, flow, input, output, serviceTier, others, extras, file);
    }
}
