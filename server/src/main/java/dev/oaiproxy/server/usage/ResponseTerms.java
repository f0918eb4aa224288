package dev.oaiproxy.server.usage;

import org.jspecify.annotations.Nullable;

/** Stub. */
public record ResponseTerms(
        boolean longCacheWrite,
        boolean mayEndLater,
        @Nullable String imageModel,
        String searchTool,
        String containerTool) {}
