package dev.oaiproxy.sandbox.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.Routes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Objects by id, in the order of insertion. A full store drops its oldest object. */
public final class ObjectStore<T> {
    private static final int MOST = 10_000;

    private final Map<String, T> all = new LinkedHashMap<>();

    public synchronized void put(String id, T thing) {
        if (all.size() == MOST) {
            all.remove(all.keySet().iterator().next());
        }
        all.put(id, thing);
    }

    public synchronized Optional<T> find(String id) {
        return Optional.ofNullable(all.get(id));
    }

    /**
     * Finds the object that a request names.
     *
     * @param kind the type of the object in the error message
     * @throws ApiError if there is none
     */
    public T get(String id, String kind) {
        return find(id).orElseThrow(() -> ApiError.notFound(kind, id));
    }

    public synchronized Optional<T> remove(String id) {
        return Optional.ofNullable(all.remove(id));
    }

    /** All objects, the oldest first. */
    public synchronized List<T> all() {
        return List.copyOf(all.values());
    }

    /** Serves a page of all objects, the newest first. */
    public void serveList(Routes routes, String path, Function<T, ObjectNode> json) {
        routes.get(path, exchange -> exchange.sendPage(all().stream().map(json).toList(), "desc"));
    }

    /** Serves one object, whose id follows the path. */
    public void serveEach(Routes routes, String path, String kind, Function<T, ObjectNode> json) {
        routes.get(
                path + "/{id}",
                exchange -> exchange.send(200, json.apply(get(exchange.lastSegment(), kind))));
    }

    /**
     * Serves the deletion of an object.
     *
     * @param object the {@code object} of the response
     */
    public void serveDeletion(Routes routes, String path, String kind, String object) {
        routes.delete(
                path + "/{id}",
                exchange -> {
                    String id = exchange.lastSegment();
                    ApiError.throwIf(remove(id).isEmpty(), ApiError.notFound(kind, id));
                    exchange.sendDeleted(id, object);
                });
    }
}
