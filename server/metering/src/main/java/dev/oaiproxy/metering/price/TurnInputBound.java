package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.ToolTokens;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The turns that a model can take within one call, each with all that came before it to read: one
 * to answer, and one more for what each call of a hosted tool has found.
 *
 * @param count how many they are
 * @param input the tokens that all of them read together
 * @param again how many of these are taken to be read from the cache, since a turn before has read
 *     them, too; none but where the tools are not bounded anyway
 * @param compactions how often another turn may come before one, to make shorter what it reads
 */
record TurnInputBound(long count, long input, long again, long compactions) {
    static TurnInputBound of(MaxUsage maxUsage) {
        return new Reader(maxUsage).turns();
    }

    /** Adds up what is read. */
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

        /** True if the tokens of tools are the price book's expectation, and not a bound. */
        private boolean isExpected() {
            return calls > 0 && tokens.found(facts.tools()).orElse(0) > 0;
        }

        /**
         * OpenAI refuses an input that is larger than the model takes, so that bounds each turn,
         * but for requests with several inputs, of which each may be that large.
         */
        private long input() {
            if (price.kind().takesManyInputs()) {
                return bound.bounded() ? bound.tokens() : Math.max(bound.tokens(), largest);
            }
            long sum = 0;
            for (long turn = 0; turn <= calls; turn++) {
                long read = read(turn);
                if (read == largest) {
                    // No later turn reads less.
                    return Math.addExact(sum, Math.multiplyExact(largest, calls - turn + 1));
                }
                sum = Math.addExact(sum, read);
            }
            return sum;
        }

        /** The words of the tools are there before the first call, and what it finds after it. */
        private long read(long turn) {
            OptionalLong found = found();
            if (found.isEmpty()) {
                return largest;
            }
            long tools = Math.addExact(words(), Math.multiplyExact(found.getAsLong(), turn));
            return Math.min(largest, Math.addExact(Math.addExact(first(), tools), written(turn)));
        }

        /** A search model has searched before its only turn. */
        private long words() {
            return price.kind() == ModelKind.SEARCH_CHAT
                    ? tokens.searched().orElse(0)
                    : tokens.words(facts.tools());
        }

        /** A search model reads pages that the body does not hold. */
        private OptionalLong found() {
            return price.kind() == ModelKind.SEARCH_CHAT
                    ? tokens.searched()
                    : tokens.found(facts.tools());
        }

        /** A limit on the output holds for all turns together, the model's own for each. */
        private long written(long turn) {
            Long asked = facts.output().maxTokens();
            long most = Math.multiplyExact(price.limits().outputTokens(), turn);
            // OpenAI refuses a limit below 1; what it would do with one is not relied on.
            return asked == null || asked < 1 ? most : Math.min(asked, most);
        }

        /** True if the input is longer than the request lets the model read uncompacted. */
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
