package dev.oaiproxy.sandbox.response;

import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.Routes;

/** The paths of responses, conversations and decisions. */
public final class ResponsesRoutes {
    private ResponsesRoutes() {}

    public static void add(Routes routes, SandboxState sandbox) {
        addResponses(routes, sandbox);
        addConversations(routes, new ConversationsHandler(sandbox));
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
        routes.delete("/v1/responses/{id}", stored::delete);
        routes.post("/v1/responses/{id}/cancel", stored::cancel);
        routes.get("/v1/responses/{id}/input_items", stored::inputItems);
    }

    private static void addConversations(Routes routes, ConversationsHandler conversations) {
        String one = "/v1/conversations/{id}";
        routes.post("/v1/conversations", conversations::create);
        routes.get(one, conversations::retrieve);
        routes.post(one, conversations::update);
        routes.delete(one, conversations::delete);
        routes.get(one + "/items", conversations::listItems);
        routes.post(one + "/items", conversations::addItems);
        routes.get(one + "/items/{item}", conversations::retrieveItem);
        routes.delete(one + "/items/{item}", conversations::deleteItem);
    }
}
