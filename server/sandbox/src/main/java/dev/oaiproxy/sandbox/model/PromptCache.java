package dev.oaiproxy.sandbox.model;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;

/** Remembers long prompts, as OpenAI's prompt cache does. */
public final class PromptCache {
    /**
     * Shorter prompts are not cached. Longer ones are cached in steps, so 2,006 tokens give 1,920.
     */
    private static final int LEAST_TOKENS = 1024;

    private static final int STEP_TOKENS = 128;
    private static final int MOST_PROMPTS = 10_000;

    private final Set<UUID> seen = new LinkedHashSet<>();

    /** The cacheable tokens of a prompt. */
    public static int cacheable(int promptTokens) {
        return promptTokens < LEAST_TOKENS ? 0 : promptTokens / STEP_TOKENS * STEP_TOKENS;
    }

    /** Adds a prompt; returns true if it was known before. */
    public synchronized boolean knows(String prompt) {
        if (seen.size() == MOST_PROMPTS) {
            seen.remove(seen.iterator().next());
        }
        return !seen.add(UUID.nameUUIDFromBytes(prompt.getBytes(StandardCharsets.UTF_8)));
    }
}
