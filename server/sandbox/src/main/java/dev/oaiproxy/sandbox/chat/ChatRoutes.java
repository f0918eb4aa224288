package dev.oaiproxy.sandbox.chat;

import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.Routes;

/** The paths of chats, completions, embeddings and moderations. */
public final class ChatRoutes {
    private ChatRoutes() {}

    public static void add(Routes routes, SandboxState sandbox) {
        StoredChats stored = new StoredChats(sandbox.objects(StoredChats.StoredChat.class));
        routes.post("/v1/chat/completions", new Chat(sandbox)::answer);
        routes.get("/v1/chat/completions", stored::list);
        routes.get("/v1/chat/completions/{id}", stored::retrieve);
        routes.post("/v1/chat/completions/{id}", stored::update);
        routes.delete("/v1/chat/completions/{id}", stored::delete);
        routes.get("/v1/chat/completions/{id}/messages", stored::messages);
        routes.post("/v1/completions", new Completions(sandbox)::answer);
        routes.post("/v1/embeddings", new Embeddings(sandbox)::answer);
        routes.post("/v1/moderations", new Moderations(sandbox)::answer);
    }
}
