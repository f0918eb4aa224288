package dev.oaiproxy.metering.price.book;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A piece of YAML that knows its line. Scalars stay the text that they are in the file, so that no
 * number ever passes through binary floating point.
 */
sealed interface YamlNode {
    /** The line in the file, from 1. */
    int line();

    record Scalar(int line, String text) implements YamlNode {}

    record Sequence(int line, List<YamlNode> items) implements YamlNode {}

    record Mapping(int line, Map<String, YamlNode> fields) implements YamlNode {}

    /** What is wrong with a file, and in which line. */
    final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        private final int line;

        Malformed(int line, String message) {
            super(message);
            this.line = line;
        }

        int line() {
            return line;
        }
    }

    /** Reads one document. */
    static YamlNode read(Reader yaml) throws IOException, Malformed {
        try (JsonParser parser = new YAMLFactory().createParser(yaml)) {
            parser.nextToken();
            YamlNode root = read(parser);
            if (parser.nextToken() != null) {
                throw new Malformed(line(parser), "more than one document");
            }
            return root;
        }
    }

    private static YamlNode read(JsonParser parser) throws IOException, Malformed {
        int line = line(parser);
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(parser, line);
        }
        if (token == JsonToken.START_ARRAY) {
            return sequence(parser, line);
        }
        if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
            throw new Malformed(line, "a value is missing");
        }
        return new Scalar(line, parser.getText());
    }

    private static YamlNode mapping(JsonParser parser, int line) throws IOException, Malformed {
        Map<String, YamlNode> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            int where = line(parser);
            parser.nextToken();
            if (fields.putIfAbsent(name, read(parser)) != null) {
                throw new Malformed(where, "'" + name + "' stands here twice");
            }
        }
        return new Mapping(line, fields);
    }

    private static YamlNode sequence(JsonParser parser, int line) throws IOException, Malformed {
        List<YamlNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(read(parser));
        }
        return new Sequence(line, items);
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }
}
