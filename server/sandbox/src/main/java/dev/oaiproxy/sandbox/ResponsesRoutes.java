package dev.oaiproxy.sandbox;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.util.function.Consumer;
import java.util.function.Function;

/** The paths of responses and of all that they belong to. */
final class ResponsesRoutes {
    private final HttpRouting.Builder routing;
    private final Function<Consumer<Exchange>, Handler> guard;
    private final Sandbox sandbox;

    ResponsesRoutes(
            HttpRouting.Builder routing,
            Function<Consumer<Exchange>, Handler> guard,
            Sandbox sandbox) {
        this.routing = routing;
        this.guard = guard;
        this.sandbox = sandbox;
    }

    void add() {
        responses();
        conversations();
        containers();
        files();
        chats();
        others();
    }

    private void conversations() {
        Conversations conversations = new Conversations(sandbox);
        String one = "/v1/conversations/{id}";
        routing.post("/v1/conversations", guard.apply(conversations::create))
                .get(one, guard.apply(conversations::retrieve))
                .post(one, guard.apply(conversations::update))
                .delete(one, guard.apply(conversations::delete))
                .get(one + "/items", guard.apply(conversations::listItems))
                .post(one + "/items", guard.apply(conversations::addItems))
                .get(one + "/items/{item}", guard.apply(conversations::retrieveItem))
                .delete(one + "/items/{item}", guard.apply(conversations::deleteItem));
    }

    private void containers() {
        Containers containers = new Containers(sandbox);
        routing.post("/v1/containers", guard.apply(containers::create))
                .get("/v1/containers", guard.apply(containers::list))
                .get("/v1/containers/{id}", guard.apply(containers::retrieve))
                .delete("/v1/containers/{id}", guard.apply(containers::delete));
    }

    private void files() {
        ContainerFiles files = new ContainerFiles(sandbox);
        String all = "/v1/containers/{id}/files";
        routing.post(all, guard.apply(files::create))
                .get(all, guard.apply(files::list))
                .get(all + "/{file}", guard.apply(files::retrieve))
                .get(all + "/{file}/content", guard.apply(files::content))
                .delete(all + "/{file}", guard.apply(files::delete));
    }

    private void chats() {
        StoredChats chats = new StoredChats(sandbox.archive().chats());
        String one = "/v1/chat/completions/{id}";
        routing.get("/v1/chat/completions", guard.apply(chats::list))
                .get(one, guard.apply(chats::retrieve))
                .post(one, guard.apply(chats::update))
                .delete(one, guard.apply(chats::delete))
                .get(one + "/messages", guard.apply(chats::messages));
    }

    private void others() {
        routing.post("/v1/completions", guard.apply(new Completions(sandbox)::answer))
                .post("/v1/decisions", guard.apply(new Decisions(sandbox)::answer))
                .post("/v1/moderations", guard.apply(new Moderations(sandbox)::answer));
    }

    private void responses() {
        StoredResponses stored = new StoredResponses(sandbox.archive().responses());
        Compaction compaction = new Compaction(sandbox);
        routing.post("/v1/responses", guard.apply(new Responses(sandbox)::answer))
                .post("/v1/responses/compact", guard.apply(compaction::compact))
                .post("/v1/responses/input_tokens", guard.apply(compaction::count))
                .get("/v1/responses/{id}", guard.apply(stored::retrieve))
                .delete("/v1/responses/{id}", guard.apply(stored::delete))
                .post("/v1/responses/{id}/cancel", guard.apply(stored::cancel))
                .get("/v1/responses/{id}/input_items", guard.apply(stored::inputItems));
    }
}
