package dev.oaiproxy.metering.object;

import java.util.Locale;

/** A kind of object that OpenAI keeps under an id. */
public enum ObjectKind {
    /** A model. Nobody owns it; its name decides who may use it. */
    MODEL,
    COMPLETION,
    /** A spoken response of a chat, which a later message of that chat names. */
    AUDIO,
    RESPONSE,
    /** A part of a response that a later request can name without repeating it. */
    ITEM,
    CONVERSATION,
    FILE,
    UPLOAD,
    VECTOR_STORE,
    CONTAINER,
    SKILL,
    BATCH,
    FINE_TUNING_JOB,
    /**
     * A hosted tool that the items of a user bring. OpenAI may keep it. Its id is never one of
     * OpenAI's.
     */
    TOOL;

    /** The name in tables and files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
