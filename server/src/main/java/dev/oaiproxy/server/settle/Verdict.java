package dev.oaiproxy.server.settle;

import dev.oaiproxy.server.ledger.Ending;
import org.jspecify.annotations.Nullable;

/** What asking OpenAI about a call came to. */
sealed interface Verdict {
    /** It has ended, and this is what it cost. */
    record Charge(Ending.Bill bill, @Nullable String remark) implements Verdict {}

    /** It has ended, and what it cost cannot be known. */
    record Estimate(String why) implements Verdict {}

    /** It has ended, and cost nothing. */
    record Release(String why) implements Verdict {}

    /** OpenAI does not know it. */
    record Gone() implements Verdict {}

    /** It has not ended, or OpenAI does not tell now. */
    record NotYet(String why) implements Verdict {}
}
