package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.ToolTokens;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The turns that a model can take within one call. There is one for the request, and one more for
 * the result of each call of a hosted tool. Each turn reads all that came before it.
 *
 * @param count the number of turns
 * @param input the tokens that all turns read together
 * @param again the part of {@code input} that is expected to come from the cache, because an
 *     earlier turn read it, too; 0 unless the tokens of tools are an expectation
 * @param compactions the most additional turns that compact the input before another turn
 */
record TurnInputBound(long count, long input, long again, long compactions) {
    static TurnInputBound of(MaxUsage maxUsage) {
        return new Reader(maxUsage).turns();
    }

    /** Adds up the input of the turns. */
    private static final class Reader {
        private final ModelPrice price;
        private final RequestFacts facts;
        private final ToolTokens tokens;
        private final InputBound bound;
        private final long largest;
        private final long calls;

        Reader(MaxUsage maxUsage) {
            this.price = maxUsage.price();
            this.facts = maxUsage.facts();
            this.tokens = maxUsage.toolTokens();
            this.bound = InputBound.of(price, facts.input());
            this.largest = price.limits().inputTokens();
            this.calls =
                    facts.tools().isHosted()
                            ? Objects.requireNonNull(
                                    facts.tools().calls(), "no limit on tool calls")
                            : 0;
        }

        TurnInputBound turns() {
            long input = input();
            long again = isExpected() ? input - read(calls) : 0;
            boolean compacts = compacts();
            return new TurnInputBound(
                    1 + calls,
                    compacts ? Math.multiplyExact(2L, input) : input,
                    again,
                    compacts ? 1 + calls : 0);
        }

        /** True if the tokens of tools are the price book's expectation, not a bound. */
        private boolean isExpected() {
            return calls > 0 && tokens.found(facts.tools()).orElse(0) > 0;
        }

        /**
         * The input of all turns. OpenAI refuses an input that is larger than the model takes, so
         * the model's limit bounds each turn. In a request with several inputs, each of them may be
         * that large.
         */
        private long input() {
            if (price.kind().takesManyInputs()) {
                return bound.bounded() ? bound.tokens() : Math.max(bound.tokens(), largest);
            }
            long sum = 0;
            for (long turn = 0; turn <= calls; turn++) {
                long read = read(turn);
                if (read == largest) {
                    // Later turns read no less.
                    return Math.addExact(sum, Math.multiplyExact(largest, calls - turn + 1));
                }
                sum = Math.addExact(sum, read);
            }
            return sum;
        }

        /**
         * The input of a turn. Tool definitions precede the first call, and results follow each
         * call.
         */
        private long read(long turn) {
            OptionalLong found = found();
            if (found.isEmpty()) {
                return largest;
            }
            long tools = Math.addExact(words(), Math.multiplyExact(found.getAsLong(), turn));
            return Math.min(largest, Math.addExact(Math.addExact(first(), tools), written(turn)));
        }

        /**
         * The definitions of tools. A search model has the result of its search before its only
         * turn.
         */
        private long words() {
            return price.kind() == ModelKind.SEARCH_CHAT
                    ? tokens.searched().orElse(0)
                    : tokens.words(facts.tools());
        }

        /**
         * The result of a tool call, or the pages that a search model reads. The body does not hold
         * them.
         */
        private OptionalLong found() {
            return price.kind() == ModelKind.SEARCH_CHAT
                    ? tokens.searched()
                    : tokens.found(facts.tools());
        }

        /**
         * The output of the turns before. The request's limit holds for all turns together, the
         * model's own limit for each.
         */
        private long written(long turn) {
            Long asked = facts.output().maxTokens();
            long most = Math.multiplyExact(price.limits().outputTokens(), turn);
            // OpenAI refuses a limit below 1. The bound does not rely on that.
            return asked == null || asked < 1 ? most : Math.min(asked, most);
        }

        /** True if the input can be longer than the request's threshold for compaction. */
        private boolean compacts() {
            return facts.extras().stream()
                    .anyMatch(
                            surcharge ->
                                    surcharge instanceof Surcharge.Compaction(long above)
                                            && read(calls) > above);
        }

        private long first() {
            return bound.bounded() ? bound.tokens() : largest;
        }
    }
}
