package dev.oaiproxy.server.usage;

import org.jspecify.annotations.Nullable;

/**
 * What the request of a response decides about how its answer is read.
 *
 * @param longCacheWrite whether it may have written to the cache for 12 hours, where the usage does
 *     not tell
 * @param mayEndLater whether the response goes on when its stream does not: it is in the background
 * @param imageModel the row of the price book for the model of its image tool, or null
 * @param searchTool the row for its searches of the web
 * @param containerTool the row for its containers
 */
public record ResponseTerms(
        boolean longCacheWrite,
        boolean mayEndLater,
        @Nullable String imageModel,
        String searchTool,
        String containerTool) {
    Shape shape() {
        return Shape.RESPONSE.withLongCache(longCacheWrite);
    }
}
