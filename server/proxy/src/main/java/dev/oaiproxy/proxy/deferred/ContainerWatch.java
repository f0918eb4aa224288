package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.request.IdPaths;
import dev.oaiproxy.metering.request.IdScanner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the containers that a response opened, or used again by itself. */
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

    /**
     * The containers whose sessions belong to the charge. A container that the request names was
     * paid when the call began.
     */
    List<ObjectReference> opened() {
        return found.values().stream().filter(one -> !paid.contains(one.id())).toList();
    }
}
