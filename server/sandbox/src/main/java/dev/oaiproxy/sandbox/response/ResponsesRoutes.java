package dev.oaiproxy.sandbox.response;

import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.Routes;

/** The paths of responses, conversations and decisions. */
public final class ResponsesRoutes {
    private ResponsesRoutes() {}

    public static void add(Routes routes, SandboxState sandbox) {
        addResponses(routes, sandbox);
        addConversations(routes, sandbox);
        routes.post("/v1/decisions", new DecisionsHandler(sandbox)::handle);
    }

    private static void addResponses(Routes routes, SandboxState sandbox) {
        StoredResponsesHandler stored =
                new StoredResponsesHandler(sandbox.objects(ResponseRun.class));
        CompactionHandler compaction = new CompactionHandler(sandbox);
        routes.post("/v1/responses", new ResponsesHandler(sandbox)::handle);
        routes.post("/v1/responses/compact", compaction::compact);
        routes.post("/v1/responses/input_tokens", compaction::count);
        routes.get("/v1/responses/{id}", stored::retrieve);
        sandbox.objects(ResponseRun.class)
                .serveDeletion(routes, "/v1/responses", "Response", "response");
        routes.post("/v1/responses/{id}/cancel", stored::cancel);
        routes.get("/v1/responses/{id}/input_items", stored::inputItems);
    }

    private static void addConversations(Routes routes, SandboxState sandbox) {
        String all = "/v1/conversations";
        String one = all + "/{id}";
        ConversationsHandler conversations = new ConversationsHandler(sandbox);
        ObjectStore<StoredConversation> stored = sandbox.objects(StoredConversation.class);
        routes.post(all, conversations::create);
        stored.serveEach(routes, all, "Conversation", StoredConversation::json);
        routes.post(one, conversations::update);
        stored.serveDeletion(routes, all, "Conversation", "conversation.deleted");
        routes.get(one + "/items", conversations::listItems);
        routes.post(one + "/items", conversations::addItems);
        routes.get(one + "/items/{item}", conversations::retrieveItem);
        routes.delete(one + "/items/{item}", conversations::deleteItem);
    }
}
