package dev.oaiproxy.server.price;

import java.util.Locale;

/** What a model does, as far as its bill depends on it. */
public enum Kind {
    CHAT,
    /** Searches the web once for each call, for a fee that no usage states. */
    SEARCH_CHAT,
    AUDIO_CHAT,
    COMPLETION,
    EMBEDDING,
    FINE_TUNED_CHAT,
    FINE_TUNED_COMPLETION,
    OPEN_WEIGHTS;

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }

    /** Whether its answers hold tokens that are billed. */
    boolean hasOutput() {
        return this != EMBEDDING;
    }

    /** Whether its calls are billed by tokens, which its limits bound. */
    boolean hasTokens() {
        return true;
    }

    /** Whether one request may hold several inputs, each as large as the model takes. */
    boolean takesManyInputs() {
        return this == EMBEDDING || this == COMPLETION || this == FINE_TUNED_COMPLETION;
    }

    static Kind labelled(String label) {
        for (Kind kind : values()) {
            if (kind.label.equals(label)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no such kind: " + label);
    }
}
