package dev.oaiproxy.metering.object;

import java.util.Locale;

/** A kind of object that OpenAI keeps under an id. */
public enum ObjectKind {
    /** A model, which is nobody's; its name decides who may use it. */
    MODEL,
    COMPLETION,
    /** A spoken answer of a chat, which a later message of that chat names. */
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
    /** A hosted tool that items bring which OpenAI may keep for their user; never one's own id. */
    TOOL;

    /** Its name as tables and files have it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
