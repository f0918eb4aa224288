package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.metering.request.picture.Picture.Detail;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads what a picture costs a model, as tiles or as patches. */
final class ImageInputReader {
    /** The word for a detail at which pictures keep their size. */
    static final String ANY = "any";

    /** The details by their names, in the order of the book. */
    static final Map<String, Detail> DETAILS = details();

    private static final Set<String> TILES = Set.of("base", "tile");
    private static final Set<String> PATCHES =
            Set.of("patch", "low", "high", "original", "auto", "refused_above");

    private ImageInputReader() {}

    static ImageInput read(YamlMapping mapping) throws YamlNode.Malformed {
        return mapping.has("tile") ? tiles(mapping) : patches(mapping);
    }

    private static ImageInput tiles(YamlMapping mapping) throws YamlNode.Malformed {
        mapping.allowOnly(TILES);
        return new ImageInput.Tiles(
                mapping.value("base", PriceReader::tokens),
                mapping.value("tile", PriceReader::tokens));
    }

    /** Whatever leaves its detail out has the one that is called auto, so that must be there. */
    private static ImageInput patches(YamlMapping mapping) throws YamlNode.Malformed {
        mapping.allowOnly(PATCHES);
        BigDecimal patch = mapping.value("patch", PriceReader::factor);
        Map<Detail, Long> most = new EnumMap<>(Detail.class);
        for (Map.Entry<String, Detail> detail : DETAILS.entrySet()) {
            String name = detail.getKey();
            if (mapping.has(name) || !name.equals("original")) {
                most.put(detail.getValue(), mapping.value(name, ImageInputReader::squares));
            }
        }
        long refused =
                mapping.has("refused_above")
                        ? mapping.value("refused_above", PriceReader::tokens)
                        : 0;
        return new ImageInput.Patches(patch, most, refused);
    }

    private static long squares(String text) {
        return text.equals(ANY) ? ImageInput.Patches.ANY : PriceReader.tokens(text);
    }

    private static Map<String, Detail> details() {
        Map<String, Detail> details = new LinkedHashMap<>();
        details.put("low", Detail.LOW);
        details.put("high", Detail.HIGH);
        details.put("original", Detail.ORIGINAL);
        details.put("auto", Detail.AUTO);
        return Collections.unmodifiableMap(details);
    }
}
