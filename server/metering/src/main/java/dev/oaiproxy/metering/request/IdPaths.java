package dev.oaiproxy.metering.request;

import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.operation.Operation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The paths of the ids in a response that become the caller's. */
public final class IdPaths {
    /** Paths of other objects that OpenAI makes along with an object and names in the response. */
    private static final Map<ObjectKind, Map<String, ObjectKind>> BESIDE =
            Map.of(
                    ObjectKind.COMPLETION,
                    Map.of(
                            "choices.[].message.audio.id", ObjectKind.AUDIO,
                            "choices.[].delta.audio.id", ObjectKind.AUDIO),
                    ObjectKind.RESPONSE,
                    Map.of(
                            "output.[].id", ObjectKind.ITEM,
                            "item.id", ObjectKind.ITEM,
                            "response.output.[].id", ObjectKind.ITEM,
                            "output.[].container_id", ObjectKind.CONTAINER,
                            "output.[].environment.container_id", ObjectKind.CONTAINER,
                            "item.container_id", ObjectKind.CONTAINER,
                            "item.environment.container_id", ObjectKind.CONTAINER,
                            "response.output.[].container_id", ObjectKind.CONTAINER,
                            "response.output.[].environment.container_id", ObjectKind.CONTAINER),
                    ObjectKind.UPLOAD,
                    Map.of("file.id", ObjectKind.FILE),
                    ObjectKind.BATCH,
                    Map.of("output_file_id", ObjectKind.FILE, "error_file_id", ObjectKind.FILE),
                    ObjectKind.FINE_TUNING_JOB,
                    Map.of(
                            "result_files.[]", ObjectKind.FILE,
                            "fine_tuned_model", ObjectKind.MODEL,
                            "data.[].fine_tuned_model_checkpoint", ObjectKind.MODEL));

    private IdPaths() {}

    /**
     * A scanner for the response of an operation. It takes the elements of a list one by one.
     *
     * @param request tells if OpenAI is asked to keep the response
     */
    public static IdScanner watch(Operation operation, ReferenceScanner request) {
        Map<String, ObjectKind> places = new HashMap<>();
        Operation.Subjects subjects = operation.subjects();
        beside(places, subjects.owned());
        beside(places, subjects.created());
        beside(places, subjects.listed());
        items(places, operation);
        // A completion is kept only on request. A response is kept by default, and a WebSocket can
        // continue it even if it is not.
        ObjectKind created = subjects.created();
        if (created != null && (created != ObjectKind.COMPLETION || request.stored())) {
            places.put("id", created);
            places.put("response.id", created);
        }
        return new IdScanner(places);
    }

    /** The items of a conversation, and the input items of a response. */
    private static void items(Map<String, ObjectKind> places, Operation operation) {
        String path = operation.path();
        if (path.endsWith("/items") || path.endsWith("/input_items")) {
            places.put("data.[].id", ObjectKind.ITEM);
        } else if (path.endsWith("/items/{item_id}") && operation.method().equals("GET")) {
            places.put("id", ObjectKind.ITEM);
        }
    }

    /** A scanner for the containers that the items of a response used. */
    public static IdScanner usedContainers() {
        return new IdScanner(
                Map.of(
                        "output.[].container_id", ObjectKind.CONTAINER,
                        "output.[].environment.container_id", ObjectKind.CONTAINER));
    }

    /** A scanner for the containers that the request of a response named. */
    public static IdScanner namedContainers() {
        return new IdScanner(
                Map.of(
                        "tools.[].container", ObjectKind.CONTAINER,
                        "tools.[].environment.container_id", ObjectKind.CONTAINER));
    }

    private static void beside(Map<String, ObjectKind> places, @Nullable ObjectKind kind) {
        if (kind != null) {
            places.putAll(BESIDE.getOrDefault(kind, Map.of()));
        }
    }
}
