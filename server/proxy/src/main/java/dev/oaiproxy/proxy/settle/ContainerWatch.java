package dev.oaiproxy.proxy.settle;

import dev.oaiproxy.metering.catalogue.IdPlaces;
import dev.oaiproxy.metering.catalogue.IdWatch;
import dev.oaiproxy.metering.catalogue.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Watches a response for the containers that it opened, or used again of its own accord. */
final class ContainerWatch {
    private final IdWatch used = IdPlaces.usedContainers();
    private final IdWatch named = IdPlaces.namedContainers();
    private final Map<String, Reference> found = new LinkedHashMap<>();
    private final List<String> paid = new ArrayList<>();

    /** Takes the next bytes, which stay as they are. */
    void pass(ByteBuffer bytes) {
        used.take(bytes).forEach(container -> found.putIfAbsent(container.id(), container));
        named.take(bytes).forEach(container -> paid.add(container.id()));
    }

    /** Those whose sessions are in the charge: what a request names was paid when it began. */
    List<Reference> opened() {
        return found.values().stream().filter(one -> !paid.contains(one.id())).toList();
    }
}
