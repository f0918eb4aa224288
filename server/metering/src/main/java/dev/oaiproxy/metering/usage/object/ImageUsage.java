package dev.oaiproxy.metering.usage.object;

import dev.oaiproxy.metering.money.Usage;
import java.util.List;

/** The usage of an image response. Another model writes drawings as SVG. */
public final class ImageUsage {
    private ImageUsage() {}

    public static UsageResult of(ParsedResponse response) {
        UsageObject svg = response.usage("svg_usage");
        UsageResult images =
                response.ended() ? response.reading() : new UsageResult.Missing(response.failed());
        return svg != null && images instanceof UsageResult.Complete complete
                ? with(complete.usage(), svg, response)
                : images;
    }

    private static UsageResult with(Usage images, UsageObject svg, ParsedResponse response) {
        String model = response.text("svg_usage.model");
        if (model == null) {
            return new UsageResult.Contradictory("svg_usage names no model");
        }
        UsageResult beside = svg.reading(model, null);
        return beside instanceof UsageResult.Complete complete
                ? new UsageResult.Complete(images, List.of(complete.usage()))
                : beside;
    }
}
