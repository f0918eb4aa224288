package dev.oaiproxy.metering.usage.object;

import dev.oaiproxy.metering.money.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The usage that a tap has read from a response. */
public sealed interface UsageResult {
    /**
     * The response states a usage, and its counts agree.
     *
     * @param usage the consumption of the model itself
     * @param beside the consumption of tools and other models; each names its row of the price book
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
     * OpenAI continues to work and states the usage later.
     *
     * @param id the id of the response or batch to query
     */
    record Pending(String id) implements UsageResult {}

    /**
     * The response has stated no usage, by its end or so far.
     *
     * @param failed true if the response reports a failure, with an {@code error} in its body or
     *     stream
     * @param id the id under which OpenAI keeps the response and can state its usage, or null
     * @param beside the consumption beside the model that was visible
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
     * The response states an impossible usage.
     *
     * @param why the contradiction, for the ledger row; contains no text of the response
     */
    record Contradictory(String why) implements UsageResult {}
}
