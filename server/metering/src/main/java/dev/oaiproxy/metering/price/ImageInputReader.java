package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.catalogue.Picture.Detail;
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

    static ImageInput read(Fields fields) throws Node.Malformed {
        return fields.has("tile") ? tiles(fields) : patches(fields);
    }

    private static ImageInput tiles(Fields fields) throws Node.Malformed {
        fields.allowOnly(TILES);
        return new ImageInput.Tiles(
                fields.value("base", PriceReader::tokens),
                fields.value("tile", PriceReader::tokens));
    }

    /** Whatever leaves its detail out has the one that is called auto, so that must be there. */
    private static ImageInput patches(Fields fields) throws Node.Malformed {
        fields.allowOnly(PATCHES);
        BigDecimal patch = fields.value("patch", PriceReader::factor);
        Map<Detail, Long> most = new EnumMap<>(Detail.class);
        for (Map.Entry<String, Detail> detail : DETAILS.entrySet()) {
            String name = detail.getKey();
            if (fields.has(name) || !name.equals("original")) {
                most.put(detail.getValue(), fields.value(name, ImageInputReader::squares));
            }
        }
        long refused =
                fields.has("refused_above")
                        ? fields.value("refused_above", PriceReader::tokens)
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
