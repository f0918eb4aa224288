package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.metering.request.picture.Picture.Detail;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Reads the tokens of pictures, by tiles or by patches. */
final class ImageInputReader {
    /** The word for a detail at which pictures keep their size. */
    static final String ANY = "any";

    private static final Set<String> TILES = Set.of("base", "tile");
    private static final Set<String> PATCHES =
            Set.of("patch", "low", "high", "original", "auto", "refused_above");

    private ImageInputReader() {}

    static ImageInput read(YamlNode node) {
        return node.has("tile") ? tiles(node) : patches(node);
    }

    private static ImageInput tiles(YamlNode node) {
        node.allowOnly(TILES);
        return new ImageInput.Tiles(
                node.field("base").as(PriceReader::tokens),
                node.field("tile").as(PriceReader::tokens));
    }

    /** The detail {@code auto} must be there, because it is the default of requests. */
    private static ImageInput patches(YamlNode node) {
        node.allowOnly(PATCHES);
        BigDecimal patch = node.field("patch").as(PriceReader::factor);
        Map<Detail, Long> most = new EnumMap<>(Detail.class);
        for (Detail detail : Detail.NAMED) {
            String name = detail.label();
            if (node.has(name) || detail != Detail.ORIGINAL) {
                most.put(detail, node.field(name).as(ImageInputReader::squares));
            }
        }
        Long refused = node.optional("refused_above", above -> above.as(PriceReader::tokens));
        return new ImageInput.Patches(patch, most, refused == null ? 0 : refused);
    }

    private static long squares(String text) {
        return text.equals(ANY) ? ImageInput.Patches.ANY : PriceReader.tokens(text);
    }
}
