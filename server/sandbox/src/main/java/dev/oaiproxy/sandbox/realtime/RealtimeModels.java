package dev.oaiproxy.sandbox.realtime;

import java.util.Set;

final class RealtimeModels {
    private static final Set<String> CONVERSE =
            Set.of(
                    "gpt-realtime",
                    "gpt-realtime-2025-08-28",
                    "gpt-realtime-1.5",
                    "gpt-realtime-2",
                    "gpt-realtime-2.1",
                    "gpt-realtime-2.1-mini",
                    "gpt-realtime-mini");
    private static final Set<String> BY_TOKENS =
            Set.of("gpt-4o-transcribe", "gpt-4o-mini-transcribe");
    private static final Set<String> BY_SECONDS = Set.of("whisper-1", "gpt-realtime-whisper");
    private static final Set<String> TRANSLATE = Set.of("gpt-realtime-translate");

    private RealtimeModels() {}

    static boolean converses(String model) {
        return CONVERSE.contains(model);
    }

    static boolean translates(String model) {
        return TRANSLATE.contains(model);
    }

    static boolean transcribes(String model) {
        return BY_TOKENS.contains(model) || isBySeconds(model);
    }

    /** True if the model charges transcriptions by the second, false if by tokens. */
    static boolean isBySeconds(String model) {
        return BY_SECONDS.contains(model);
    }
}
