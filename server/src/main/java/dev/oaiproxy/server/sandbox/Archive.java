package dev.oaiproxy.server.sandbox;

/** What the stand-in keeps of earlier calls. */
record Archive(
        Shelf<ResponseRun> responses,
        Shelf<Conversation> conversations,
        Shelf<Container> containers) {
    Archive() {
        this(new Shelf<>(), new Shelf<>(), new Shelf<>());
    }
}
