package dev.oaiproxy.server.catalogue;

/** How an operation's request and answer are read. */
public enum Meter {
    /** {@code POST /chat/completions}: JSON or a stream of chunks. */
    CHAT,
    /** {@code POST /embeddings}: JSON. */
    EMBEDDINGS
}
