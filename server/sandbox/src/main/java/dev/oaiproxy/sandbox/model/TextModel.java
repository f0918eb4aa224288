package dev.oaiproxy.sandbox.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A text or embedding model. Models that OpenAI has shut down still work, so that their prices can
 * be tested.
 *
 * @param name the name in requests
 * @param snapshot the name in responses
 */
public record TextModel(String name, String snapshot) {
    /** Each name and, where it differs, the dated name in responses. */
    private static final String NAMES =
            """
            gpt-6.2-astra
            gpt-6.2-sol
            gpt-6.1-sol gpt-6.1-sol-2026-09-29
            gpt-6.1-terra
            gpt-6-astra
            gpt-6-sol
            gpt-6-luna
            gpt-5.6 gpt-5.6-sol-2026-07-09
            gpt-5.6-sol gpt-5.6-sol-2026-07-09
            gpt-5.6-terra gpt-5.6-terra-2026-07-09
            gpt-5.6-luna gpt-5.6-luna-2026-07-09
            gpt-5.5 gpt-5.5-2026-04-23
            gpt-5.5-pro gpt-5.5-pro-2026-04-23
            gpt-5.4 gpt-5.4-2026-03-05
            gpt-5.4-mini gpt-5.4-mini-2026-03-17
            gpt-5.4-nano gpt-5.4-nano-2026-03-17
            gpt-5.4-pro gpt-5.4-pro-2026-03-05
            gpt-5.3-codex
            gpt-5.2 gpt-5.2-2025-12-11
            gpt-5.2-pro gpt-5.2-pro-2025-12-11
            gpt-5.1 gpt-5.1-2025-11-13
            gpt-5 gpt-5-2025-08-07
            gpt-5-mini gpt-5-mini-2025-08-07
            gpt-5-nano gpt-5-nano-2025-08-07
            gpt-5-pro gpt-5-pro-2025-10-06
            gpt-5-chat-latest
            chat-latest
            o4-mini o4-mini-2025-04-16
            o3 o3-2025-04-16
            o3-mini o3-mini-2025-01-31
            o3-pro o3-pro-2025-06-10
            o1 o1-2024-12-17
            o1-mini o1-mini-2024-09-12
            gpt-4.5-preview gpt-4.5-preview-2025-02-27
            gpt-4.1 gpt-4.1-2025-04-14
            gpt-4.1-mini gpt-4.1-mini-2025-04-14
            gpt-4.1-nano gpt-4.1-nano-2025-04-14
            gpt-4o gpt-4o-2024-08-06
            gpt-4o-2024-11-20
            gpt-4o-2024-05-13
            gpt-4o-mini gpt-4o-mini-2024-07-18
            gpt-audio gpt-audio-2025-08-28
            chatgpt-4o-latest
            gpt-4-turbo gpt-4-turbo-2024-04-09
            gpt-4-turbo-preview gpt-4-0125-preview
            gpt-4-1106-preview
            gpt-4 gpt-4-0613
            gpt-4-0314
            gpt-4-32k gpt-4-32k-0613
            gpt-3.5-turbo gpt-3.5-turbo-0125
            gpt-3.5-turbo-1106
            gpt-3.5-turbo-16k gpt-3.5-turbo-16k-0613
            gpt-3.5-turbo-instruct gpt-3.5-turbo-instruct:20230824-v2
            davinci-002
            babbage-002
            text-embedding-3-small
            text-embedding-3-large
            text-embedding-ada-002 text-embedding-ada-002-v2
            """;

    private static final Map<String, TextModel> ALL = read();

    private static Map<String, TextModel> read() {
        Map<String, TextModel> all = new LinkedHashMap<>();
        NAMES.lines().map(line -> line.split(" ", -1)).forEach(words -> add(all, words));
        return all;
    }

    private static void add(Map<String, TextModel> all, String... words) {
        String snapshot = words[words.length - 1];
        all.put(words[0], new TextModel(words[0], snapshot));
        all.putIfAbsent(snapshot, new TextModel(snapshot, snapshot));
    }

    public static Stream<TextModel> all() {
        return ALL.values().stream();
    }

    /** The model with this name. Every fine-tuned model of a known base exists. */
    public static Optional<TextModel> named(String name) {
        if (name.startsWith("ft:")) {
            String base = name.split(":", -1)[1];
            return ALL.containsKey(base)
                    ? Optional.of(new TextModel(name, name))
                    : Optional.empty();
        }
        return Optional.ofNullable(ALL.get(name));
    }

    private String base() {
        return name.startsWith("ft:") ? name.substring(3) : name;
    }

    private boolean startsWithAny(String... prefixes) {
        return Stream.of(prefixes).anyMatch(base()::startsWith);
    }

    public boolean isEmbedding() {
        return base().startsWith("text-embedding-");
    }

    /** True if the model completes text but cannot chat. */
    public boolean isLegacy() {
        return startsWithAny("gpt-3.5-turbo-instruct", "davinci-002", "babbage-002");
    }

    /** True if the model serves chat completions and responses. */
    public boolean chats() {
        return !isEmbedding() && !isLegacy();
    }

    /** True if the model produces reasoning tokens, which are charged. */
    public boolean isReasoning() {
        return startsWithAny("o1", "o3", "o4", "gpt-5", "gpt-6") && !base().contains("-chat");
    }

    /** True if writes to the prompt cache cost extra, as they do from gpt-5.6 on. */
    public boolean chargesCacheWrites() {
        return startsWithAny("gpt-5.6", "gpt-6");
    }

    public boolean hasFlex() {
        return startsWithAny("o3", "o4-mini", "gpt-5", "gpt-6") && !startsWithAny("gpt-6.2");
    }

    /** True if the model uses cl100k_base, false for o200k_base. */
    boolean isCl100k() {
        return startsWithAny("gpt-4", "gpt-3.5", "text-embedding-", "davinci-002", "babbage-002")
                && !startsWithAny("gpt-4o", "gpt-4.");
    }

    public int dimensions() {
        return base().startsWith("text-embedding-3-large") ? 3072 : 1536;
    }
}
