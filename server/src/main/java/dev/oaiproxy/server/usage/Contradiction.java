package dev.oaiproxy.server.usage;

import static dev.oaiproxy.server.usage.CompletionUsage.ACCEPTED;
import static dev.oaiproxy.server.usage.CompletionUsage.AUDIO_IN;
import static dev.oaiproxy.server.usage.CompletionUsage.AUDIO_OUT;
import static dev.oaiproxy.server.usage.CompletionUsage.CACHED;
import static dev.oaiproxy.server.usage.CompletionUsage.COMPLETION;
import static dev.oaiproxy.server.usage.CompletionUsage.IMAGE_IN;
import static dev.oaiproxy.server.usage.CompletionUsage.PROMPT;
import static dev.oaiproxy.server.usage.CompletionUsage.REASONING;
import static dev.oaiproxy.server.usage.CompletionUsage.REJECTED;
import static dev.oaiproxy.server.usage.CompletionUsage.TEXT_IN;
import static dev.oaiproxy.server.usage.CompletionUsage.TEXT_OUT;

import dev.oaiproxy.server.usage.CompletionUsage.Kind;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds what cannot be true in a usage object.
 *
 * <p>The total of both sides is not looked at: no price rests on it. Nor is the count of cache
 * writes, which OpenAI documents as unadjusted.
 */
final class Contradiction {
    private final CompletionUsage usage;

    private Contradiction(CompletionUsage usage) {
        this.usage = usage;
    }

    /** What contradicts what, in names and numbers, or null when all adds up. */
    static @Nullable String in(CompletionUsage usage) {
        if (usage.fault() != null) {
            return usage.fault();
        }
        Contradiction check = new Contradiction(usage);
        return Stream.of(
                        check.nothingIn(),
                        check.unstatedOut(),
                        check.more(PROMPT, List.of(CACHED)),
                        check.more(PROMPT, List.of(TEXT_IN, AUDIO_IN, IMAGE_IN)),
                        check.unexplainedIn(),
                        check.more(COMPLETION, List.of(REASONING)),
                        check.more(COMPLETION, List.of(TEXT_OUT, AUDIO_OUT)),
                        check.more(COMPLETION, List.of(ACCEPTED, REJECTED)))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** No request is free of input, so a zero here is a defect and not a gift. */
    private @Nullable String nothingIn() {
        return usage.count(PROMPT) > 0 ? null : "prompt_tokens is missing or zero";
    }

    private @Nullable String unstatedOut() {
        boolean stated = usage.kind() == Kind.EMBEDDINGS || usage.states(COMPLETION);
        return stated ? null : "completion_tokens is missing";
    }

    /** When the text is stated too, the parts are all there is; what is left has no known price. */
    private @Nullable String unexplainedIn() {
        long parts = usage.count(TEXT_IN) + usage.count(AUDIO_IN) + usage.count(IMAGE_IN);
        boolean explained = usage.count(TEXT_IN) == 0 || parts == usage.count(PROMPT);
        return explained
                ? null
                : "parts of %d are not prompt_tokens %d".formatted(parts, usage.count(PROMPT));
    }

    private @Nullable String more(String total, List<String> parts) {
        long sum = parts.stream().mapToLong(usage::count).sum();
        return sum <= usage.count(total)
                ? null
                : "%s %d exceed %s %d"
                        .formatted(String.join(" + ", parts), sum, total, usage.count(total));
    }
}
