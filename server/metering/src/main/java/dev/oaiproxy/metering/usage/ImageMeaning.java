package dev.oaiproxy.metering.usage;

import java.util.List;

/** What an answer of images comes to. Drawings as SVG are made by another model beside. */
final class ImageMeaning {
    private ImageMeaning() {}

    static Reading of(Answer answer) {
        Stated svg = answer.usage("svg_usage");
        Reading images = answer.ended() ? answer.reading() : new Reading.Missing(answer.failed());
        return svg != null && images instanceof Reading.Complete complete
                ? with(complete.usage(), svg, answer)
                : images;
    }

    private static Reading with(Usage images, Stated svg, Answer answer) {
        String model = answer.text("svg_usage.model");
        if (model == null) {
            return new Reading.Contradictory("svg_usage names no model");
        }
        Reading beside = svg.reading(model, null);
        return beside instanceof Reading.Complete complete
                ? new Reading.Complete(images, List.of(complete.usage()))
                : beside;
    }
}
