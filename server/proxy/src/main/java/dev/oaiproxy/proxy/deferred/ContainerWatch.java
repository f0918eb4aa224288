package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.request.IdPaths;
import dev.oaiproxy.metering.request.IdScanner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Watches a response for the containers that it opened, or used again of its own accord. */
final class ContainerWatch {
    private final IdScanner used = IdPaths.usedContainers();
    private final IdScanner named = IdPaths.namedContainers();
    private final Map<String, ObjectReference> found = new LinkedHashMap<>();
    private final List<String> paid = new ArrayList<>();

    /** Takes the next bytes, which stay as they are. */
    void pass(ByteBuffer bytes) {
        used.take(bytes).forEach(container -> found.putIfAbsent(container.id(), container));
        named.take(bytes).forEach(container -> paid.add(container.id()));
    }

    /** Those whose sessions are in the charge: what a request names was paid when it began. */
    List<ObjectReference> opened() {
        return found.values().stream().filter(one -> !paid.contains(one.id())).toList();
    }
}
