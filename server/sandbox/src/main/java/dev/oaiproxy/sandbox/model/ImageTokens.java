package dev.oaiproxy.sandbox.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Map;

/** Tokens of an input image, by the formulas of OpenAI's guide. Only PNG files are measured. */
final class ImageTokens {
    private static final String PNG = "data:image/png;base64,";
    private static final int HEAD_CHARS = 32;
    private static final int SIZE_AT = 16;
    private static final int UNSEEN = 85;

    /** Base tokens and tokens per tile, by model. */
    private static final Map<String, int[]> TILES =
            Map.of(
                    "gpt-4o-mini", new int[] {2833, 5667},
                    "gpt-4o", new int[] {85, 170},
                    "gpt-4.1", new int[] {85, 170},
                    "gpt-5.1", new int[] {70, 140});

    private ImageTokens() {}

    /** The tokens of an image in a message. */
    static int tokens(TextModel model, JsonNode part) {
        JsonNode image = part.path("image_url");
        String url = image.isObject() ? image.path("url").asText() : image.asText();
        String detail = (image.isObject() ? image : part).path("detail").asText("auto");
        if (!url.startsWith(PNG) || url.length() < PNG.length() + HEAD_CHARS) {
            return UNSEEN;
        }
        int from = PNG.length();
        ByteBuffer head =
                ByteBuffer.wrap(Base64.getDecoder().decode(url.substring(from, from + HEAD_CHARS)));
        return tokens(model.name(), detail, head.getInt(SIZE_AT), head.getInt(SIZE_AT + 4));
    }

    private static int tokens(String model, String detail, double width, double height) {
        int[] tile = TILES.get(model);
        if (tile == null) {
            double side = detail.equals("low") ? 512 : 65_535;
            double most = detail.equals("high") ? 2_500 : model.equals("gpt-5.5") ? 10_000 : 30_000;
            double fit = Math.min(1, side / Math.max(width, height));
            double patches = Math.ceil(width * fit / 32) * Math.ceil(height * fit / 32);
            return (int) Math.ceil(Math.min(patches, most) * 1.2);
        }
        if (detail.equals("low")) {
            return tile[0];
        }
        double fit = Math.min(1, 2_048 / Math.max(width, height));
        double shrink = Math.min(fit, 768 / Math.min(width, height));
        double tiles = Math.ceil(width * shrink / 512) * Math.ceil(height * shrink / 512);
        return tile[0] + tile[1] * (int) tiles;
    }
}
