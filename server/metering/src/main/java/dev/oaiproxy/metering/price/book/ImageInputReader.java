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

    static ImageInput read(YamlMapping yamlMapping) throws YamlNode.Malformed {
        return yamlMapping.has("tile") ? tiles(yamlMapping) : patches(yamlMapping);
    }

    private static ImageInput tiles(YamlMapping yamlMapping) throws YamlNode.Malformed {
        yamlMapping.allowOnly(TILES);
        return new ImageInput.Tiles(
                yamlMapping.value("base", PriceReader::tokens),
                yamlMapping.value("tile", PriceReader::tokens));
    }

    /** Whatever leaves its detail out has the one that is called auto, so that must be there. */
    private static ImageInput patches(YamlMapping yamlMapping) throws YamlNode.Malformed {
        yamlMapping.allowOnly(PATCHES);
        BigDecimal patch = yamlMapping.value("patch", PriceReader::factor);
        Map<Detail, Long> most = new EnumMap<>(Detail.class);
        for (Map.Entry<String, Detail> detail : DETAILS.entrySet()) {
            String name = detail.getKey();
            if (yamlMapping.has(name) || !name.equals("original")) {
                most.put(detail.getValue(), yamlMapping.value(name, ImageInputReader::squares));
            }
        }
        long refused =
                yamlMapping.has("refused_above")
                        ? yamlMapping.value("refused_above", PriceReader::tokens)
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
