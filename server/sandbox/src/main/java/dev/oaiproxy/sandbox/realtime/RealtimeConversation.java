package dev.oaiproxy.sandbox.realtime;

import dev.oaiproxy.sandbox.model.TextModel;
import dev.oaiproxy.sandbox.model.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** The turns of a realtime conversation, and the tokens that a response reads. */
final class RealtimeConversation {
    /** The cache holds earlier input in steps of 64 tokens. */
    private static final int CACHE_STEP = 64;

    private final TextModel model;
    private final Tokenizer tokenizer;
    private final List<ConversationTurn> turns = new ArrayList<>();
    private int read;

    /** A turn of the conversation, in tokens. */
    private record ConversationTurn(int text, int audio, String words) {}

    RealtimeConversation(String model, Tokenizer tokenizer) {
        this.model = new TextModel(model, model);
        this.tokenizer = tokenizer;
    }

    void addText(String words) {
        turns.add(new ConversationTurn(tokenizer.count(model, words), 0, words));
    }

    void addAudio(int tokens) {
        turns.add(new ConversationTurn(0, tokens, ""));
    }

    void addResponse(RealtimeTokens usage) {
        turns.add(new ConversationTurn(usage.textOut(), usage.audioOut(), ""));
    }

    /** The text of the last turn, which may contain directives. */
    String lastText() {
        return turns.isEmpty() ? "" : turns.getLast().words();
    }

    /** The input of a response that starts now; later ones have it in the cache. */
    RealtimeTokens read(String instructions) {
        int text = tokenizer.count(model, instructions);
        int audio = 0;
        int textRead = 0;
        int audioRead = 0;
        for (int i = 0; i < turns.size(); i++) {
            ConversationTurn turn = turns.get(i);
            text += turn.text();
            audio += turn.audio();
            textRead += i < read ? turn.text() : 0;
            audioRead += i < read ? turn.audio() : 0;
        }
        read = turns.size();
        return new RealtimeTokens(text, cached(textRead), audio, cached(audioRead), 0, 0);
    }

    private static int cached(int tokens) {
        return tokens / CACHE_STEP * CACHE_STEP;
    }
}
