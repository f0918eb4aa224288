package dev.oaiproxy.metering.operation;

/** How an operation's request and answer are read. */
public enum Meter {
    /** {@code POST /chat/completions}: JSON or a stream of chunks. */
    CHAT,
    /** {@code POST /completions}: as chat, with prompts in place of messages. */
    COMPLETION,
    /** {@code POST /responses}: JSON or a stream of events; tools; may end later. */
    RESPONSE,
    /** {@code POST /responses/compact}: JSON. */
    COMPACTION,
    /** {@code POST /embeddings}: JSON. */
    EMBEDDINGS,
    /** {@code POST /images/generations}: JSON or a stream of events. */
    IMAGE,
    /** {@code POST /images/edits}: as images, with images in the request; JSON or a form. */
    IMAGE_EDIT,
    /** {@code POST /audio/speech}: audio, or a stream of events. */
    SPEECH,
    /** {@code POST /audio/transcriptions}: a form; JSON, text, or a stream of events. */
    TRANSCRIPTION,
    /** {@code POST /audio/translations}: a form; JSON or text. */
    TRANSLATION,
    /** {@code POST /decisions}: JSON; input alone is billed. */
    DECISION,
    /** {@code POST /containers}: JSON; billed by the time that the container is there. */
    CONTAINER,
    /** {@code POST /batches}: JSON; billed by the lines of its output, when it has ended. */
    BATCH,
    /** {@code POST /fine_tuning/jobs}: JSON; billed by the tokens trained on, when it has ended. */
    FINE_TUNING,
    /** {@code POST /vector_stores/{id}/search}: JSON; one search, whatever it finds. */
    SEARCH,
    /** What makes a vector store, or adds to one: billed by its size while it is kept. */
    STORAGE,
    /** {@code WS /realtime}: events; each response, and each transcription, as it ends. */
    REALTIME,
    /** {@code WS /realtime/translations}: events; by the time of the audio. */
    REALTIME_TRANSLATION,
    /** {@code WS /responses}: events, as of a stream of {@link #RESPONSE}. */
    RESPONSE_SOCKET;

    /** Whether a request can name the service tier that it is to be served at. */
    public boolean takesServiceTier() {
        return this == CHAT || this == RESPONSE || this == COMPACTION;
    }

    /** Whether a request can be given a limit on its output. */
    public boolean limitsOutput() {
        return this == CHAT || this == COMPLETION || this == RESPONSE;
    }
}
