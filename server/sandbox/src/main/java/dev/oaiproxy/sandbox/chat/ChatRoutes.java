package dev.oaiproxy.sandbox.chat;

import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.Routes;

/** The paths of chats, completions, embeddings and moderations. */
public final class ChatRoutes {
    private ChatRoutes() {}

    public static void add(Routes routes, SandboxState sandbox) {
        StoredChatsHandler stored =
                new StoredChatsHandler(sandbox.objects(StoredChatsHandler.StoredChat.class));
        routes.post("/v1/chat/completions", new ChatHandler(sandbox)::handle);
        routes.get("/v1/chat/completions", stored::list);
        routes.get("/v1/chat/completions/{id}", stored::retrieve);
        routes.post("/v1/chat/completions/{id}", stored::update);
        routes.delete("/v1/chat/completions/{id}", stored::delete);
        routes.get("/v1/chat/completions/{id}/messages", stored::messages);
        routes.post("/v1/completions", new CompletionsHandler(sandbox)::handle);
        routes.post("/v1/embeddings", new EmbeddingsHandler(sandbox)::handle);
        routes.post("/v1/moderations", new ModerationsHandler(sandbox)::handle);
    }
}
