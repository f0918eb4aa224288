package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.account.QuotaName;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.Remedy;
import dev.oaiproxy.proxy.upstream.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The error for a call that a quota does not allow. It states the free amount, the amount that the
 * call needs with its parts, the changes that make the call fit, the reset time of the quota, and
 * the person to ask.
 *
 * @param contact the person or address to ask for more
 */
record QuotaErrors(String contact) {
    /**
     * The error for a call that does not fit. A retry cannot help unless the call or the quota
     * changes.
     */
    OpenAiError spent(Refusal.QuotaSpent spent) {
        List<String> sentences = new ArrayList<>();
        sentences.add("You exceeded your current quota: " + free(spent.why()) + ".");
        if (spent.least().compareTo(Usd.ZERO) > 0) {
            sentences.add("This call needs " + spent.least() + " USD" + parts(spent) + ".");
        }
        if (!spent.remedies().isEmpty()) {
            sentences.add("It fits with " + fitting(spent.remedies()) + ".");
        }
        if (spent.why().resetsAt() != null) {
            sentences.add("The quota resets at " + spent.why().resetsAt() + ".");
        }
        sentences.add("Ask " + contact + " for more.");
        return new OpenAiError(
                        429,
                        "insufficient_quota",
                        "insufficient_quota",
                        null,
                        String.join(" ", sentences),
                        Headers.NONE)
                .withoutRetry();
    }

    /** The free amount, and the amount that calls in flight hold. */
    static String free(Admission.OverQuota why) {
        String free = why.free().compareTo(Usd.ZERO) > 0 ? why.free() + " of " : "none of ";
        String held =
                why.held().compareTo(Usd.ZERO) > 0
                        ? ", and " + why.held() + " USD is held by calls in progress"
                        : "";
        return free + why.limit() + " USD is free (" + place(why) + ")" + held;
    }

    /** The scope, and what the limit is for unless it is for all time and all models. */
    private static String place(Admission.OverQuota why) {
        QuotaName name = why.quota();
        return why.scope()
                + (name.period() == QuotaPeriod.TOTAL ? "" : ", a " + name.period().label())
                + (name.models().globs().isEmpty() ? "" : ", for " + name.models());
    }

    private static String parts(Refusal.QuotaSpent spent) {
        Breakdown parts = spent.parts();
        if (parts == null) {
            return "";
        }
        List<String> named = new ArrayList<>();
        add(named, "input", parts.input(), parts.inputTokens());
        add(named, "output", parts.output(), parts.outputTokens());
        if (parts.fees().compareTo(Usd.ZERO) > 0) {
            named.add("tools and fees " + parts.fees());
        }
        return ": " + String.join(", ", named);
    }

    private static void add(List<String> named, String part, Usd usd, long tokens) {
        if (usd.compareTo(Usd.ZERO) > 0) {
            String count = tokens == 0 ? "" : String.format(Locale.ROOT, " (%,d tokens)", tokens);
            named.add(part + " " + usd + count);
        }
    }

    private static String fitting(List<Remedy> remedies) {
        return remedies.stream().map(QuotaErrors::text).collect(Collectors.joining(", or with "));
    }

    private static String text(Remedy remedy) {
        return switch (remedy) {
            case Remedy.OutputLimit limit -> limit.field() + ": " + limit.tokens();
            case Remedy.DefaultTier _ -> "service_tier: \"default\"";
            case Remedy.NoTools _ -> "no hosted tools";
            case Remedy.FewerLines lines -> "at most " + lines.most() + " of its lines";
            case Remedy.OtherModel other -> "model: \"" + other.model() + "\"";
        };
    }
}
