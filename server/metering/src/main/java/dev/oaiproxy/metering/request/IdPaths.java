package dev.oaiproxy.metering.request;

import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.operation.Operation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The places in a response whose ids become the caller's. */
public final class IdPaths {
    /** Further objects that a response names, since OpenAI made them on the way. */
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
     * A watch for the answer to an operation. Of a list, it is to be shown the elements one by one.
     *
     * @param stored whether the request asks OpenAI to keep the answer
     */
    public static IdScanner watch(Operation operation, boolean stored) {
        Map<String, ObjectKind> places = new HashMap<>();
        Operation.Subjects subjects = operation.subjects();
        beside(places, subjects.owned());
        beside(places, subjects.created());
        beside(places, subjects.listed());
        items(places, operation);
        // A completion is kept at the caller's wish only; a response is, unless told otherwise, and
        // on a socket it can be built on even then.
        if (subjects.created() != null && (subjects.created() != ObjectKind.COMPLETION || stored)) {
            places.put("id", subjects.created());
            places.put("response.id", subjects.created());
        }
        return new IdScanner(places);
    }

    /** The items of a conversation, and those that a response was asked about. */
    private static void items(Map<String, ObjectKind> places, Operation operation) {
        String path = operation.path();
        if (path.endsWith("/items") || path.endsWith("/input_items")) {
            places.put("data.[].id", ObjectKind.ITEM);
        } else if (path.endsWith("/items/{item_id}") && operation.method().equals("GET")) {
            places.put("id", ObjectKind.ITEM);
        }
    }

    /** A watch for the containers that the items of a response ran in. */
    public static IdScanner usedContainers() {
        return new IdScanner(
                Map.of(
                        "output.[].container_id", ObjectKind.CONTAINER,
                        "output.[].environment.container_id", ObjectKind.CONTAINER));
    }

    /** A watch for the containers that the request of a response named. */
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
