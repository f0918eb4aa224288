package dev.oaiproxy.server.sandbox;

import dev.oaiproxy.server.sandbox.StoredChats.StoredChat;

/** What the stand-in keeps of earlier calls. */
record Archive(
        Shelf<ResponseRun> responses,
        Shelf<Conversation> conversations,
        Shelf<Container> containers,
        Shelf<StoredChat> chats) {
    Archive() {
        this(new Shelf<>(), new Shelf<>(), new Shelf<>(), new Shelf<>());
    }
}
