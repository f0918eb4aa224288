package dev.oaiproxy.metering.request.facts;

import dev.oaiproxy.metering.request.picture.Pictures;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The facts of a request that bear on its cost, or on whose objects it uses.
 *
 * @param model the model it asks for, or the row of the price book that stands for it
 * @param serviceTier the tier that it asks for, or null
 * @param extras what it may be billed for beside the tokens of its model
 * @param file the id of the file at OpenAI that says what there is to do, or null
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
     * @param stream whether as a stream
     * @param usageWanted whether the request asks by itself for the usage chunk of a stream
     * @param background whether OpenAI works on when it has answered
     * @param format the format that the request names for its answer, or null
     * @param window the time that OpenAI may take for it in the background, at a lower price: its
     *     name, or null
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
     * @param bound the size of the body or a closer bound of the text tokens of the input
     * @param bounded false when the body names files or the like, whose tokens its size does not
     *     bound, or images that are not among the pictures
     * @param countable whether OpenAI can count its tokens before the call, and the same ones are
     *     read in it: a conversation may grow, and an address may lead to something else
     * @param longCacheWrite whether it may write to the cache for 12 hours
     * @param recalls whether OpenAI reads earlier items to it that it does not hold itself
     * @param pictures what is no text of it; the model says how many tokens they have
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
     * @param maxTokens the limit that the request sets on one output, or null
     * @param choices how many outputs are billed at the most; 0 where none is
     * @param quality that of its images, as the request names it, or null
     */
    public record Output(@Nullable Long maxTokens, long choices, @Nullable String quality) {}

    /**
     * The tools that OpenAI runs itself.
     *
     * @param calls how many calls of them there may be, or null when the request sets no limit
     * @param searchOptions whether a chat asks for searches, which only search models are priced
     *     for
     * @param reach what one call may cost: one of these
     * @param carried those of them that an item of the input brings, which OpenAI may keep, and
     *     offer to the model again when a later request goes on from there
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

        /** True if OpenAI may call the model more than once, with what a tool found. */
        public boolean isHosted() {
            return !reach.isEmpty();
        }
    }

    /** The same request with another limit on its output. */
    public RequestFacts withMaxOutputTokens(long tokens) {
        Output limited = new Output(tokens, output.choices(), output.quality());
        return new RequestFacts(model, flow, input, limited, serviceTier, tools, extras, file);
    }

    /** The same request with a closer bound of the tokens of its input. */
    public RequestFacts withInputBound(long tokens) {
        return with(input.counted(tokens, Pictures.NONE));
    }

    /** The same request with a closer bound of the tokens of its text, beside its pictures. */
    public RequestFacts withTextBound(long tokens) {
        Pictures rest = input.pictures();
        return with(input.counted(tokens, new Pictures(rest.counts(), 0, rest.audioTokens())));
    }

    /** The same request with so many tokens more of text. */
    public RequestFacts withMoreInput(long tokens) {
        return with(input.grown(tokens));
    }

    private RequestFacts with(Input other) {
        return new RequestFacts(model, flow, other, output, serviceTier, tools, extras, file);
    }

    public RequestFacts withServiceTier(String tier) {
        return new RequestFacts(model, flow, input, output, tier, tools, extras, file);
    }

    /** The same request that may be billed for other things beside its model. */
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
