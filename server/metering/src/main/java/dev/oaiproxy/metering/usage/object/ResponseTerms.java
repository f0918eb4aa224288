package dev.oaiproxy.metering.usage.object;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Facts of a request that decide the reading of its response.
 *
 * @param longCacheWrite true if the request may have written to the cache for 12 hours and the
 *     usage does not tell
 * @param mayEndLater true if the response goes on after its stream ends, as in the background
 * @param imageModel the row of the price book for the model of its image tool, or null
 * @param searchTool the row for its web searches
 * @param containerTool the row for its containers
 * @param window the completion window of a background response, or null; the response does not
 *     repeat it
 */
public record ResponseTerms(
        boolean longCacheWrite,
        boolean mayEndLater,
        @Nullable String imageModel,
        String searchTool,
        String containerTool,
        @Nullable String window) {
    private static final Set<String> STANDARD = Set.of("default", "standard", "auto");

    public static ResponseTerms of(RequestFacts facts) {
        String image = null;
        String search = "tool:web_search";
        String container = "tool:container:1g";
        for (Surcharge surcharge : facts.tools().reach()) {
            switch (surcharge) {
                case Surcharge.Run run -> image = run.row();
                case Surcharge.Units units when units.unit() == Unit.WEB_SEARCH ->
                        search = units.row();
                case Surcharge.Units units when units.unit() == Unit.CONTAINER_MINUTES ->
                        container = units.row();
                case Surcharge.Units _,
                        Surcharge.Tokens _,
                        Surcharge.Author _,
                        Surcharge.Compaction _ -> {}
            }
        }
        return new ResponseTerms(
                facts.input().longCacheWrite(),
                facts.flow().background(),
                image,
                search,
                container,
                facts.flow().window());
    }

    public UsageSchema shape() {
        return longCacheWrite ? UsageSchema.RESPONSE.withLongCache() : UsageSchema.RESPONSE;
    }

    /** The tier of a window, which applies only if the standard tier served the response. */
    @Nullable String tier(@Nullable String served) {
        boolean standard = served == null || STANDARD.contains(served);
        return window != null && standard ? "background_" + window : served;
    }
}
