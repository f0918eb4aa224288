package dev.oaiproxy.sandbox.chat;

import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.chat.StoredChatsHandler.StoredChat;
import dev.oaiproxy.sandbox.http.Routes;

/** The paths of chats, completions, embeddings and moderations. */
public final class ChatRoutes {
    private ChatRoutes() {}

    public static void add(Routes routes, SandboxState sandbox) {
        String path = "/v1/chat/completions";
        String kind = "Chat completion";
        ObjectStore<StoredChat> all = sandbox.objects(StoredChat.class);
        StoredChatsHandler stored = new StoredChatsHandler(all);
        routes.post(path, new ChatHandler(sandbox)::handle);
        routes.get(path, stored::list);
        all.serveEach(routes, path, kind, StoredChat::completion);
        routes.post(path + "/{id}", stored::update);
        all.serveDeletion(routes, path, kind, "chat.completion.deleted");
        routes.get(path + "/{id}/messages", stored::messages);
        routes.post("/v1/completions", new CompletionsHandler(sandbox)::handle);
        routes.post("/v1/embeddings", new EmbeddingsHandler(sandbox)::handle);
        routes.post("/v1/moderations", new ModerationsHandler(sandbox)::handle);
    }
}
