package dev.oaiproxy.metering.usage.object;

import dev.oaiproxy.metering.money.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The usage that a tap has read from a response. */
public sealed interface UsageResult {
    /**
     * The answer stated its usage, and the statement adds up.
     *
     * @param usage what the model consumed that answered
     * @param beside what was consumed beside it, by tools and by other models; each names the row
     *     of the price book that it falls under
     */
    record Complete(Usage usage, List<Usage> beside) implements UsageResult {
        public Complete {
            beside = List.copyOf(beside);
        }

        public Complete(Usage usage) {
            this(usage, List.of());
        }
    }

    /**
     * OpenAI works on, and tells the usage later.
     *
     * @param id what to ask for then: a response, a batch
     */
    record Pending(String id) implements UsageResult {}

    /**
     * The answer ended, or has got so far, without stating its usage.
     *
     * @param failed whether it says of itself that it failed, with an {@code error} in its body or
     *     stream
     * @param id what OpenAI keeps the answer under, so that its usage can be asked for, or null
     * @param beside what was seen to be consumed beside the model
     */
    record Missing(boolean failed, @Nullable String id, List<Usage> beside) implements UsageResult {
        public Missing {
            beside = List.copyOf(beside);
        }

        public Missing(boolean failed, @Nullable String id) {
            this(failed, id, List.of());
        }

        public Missing() {
            this(false);
        }

        public Missing(boolean failed) {
            this(failed, null);
        }
    }

    /**
     * The answer stated a usage that cannot be true.
     *
     * @param why what contradicts what, for the ledger row; holds no text of the answer
     */
    record Contradictory(String why) implements UsageResult {}
}
