package dev.oaiproxy.metering.price.book;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value of a YAML file: a mapping, a list or a text. Errors are {@link PriceBookException}s that
 * name the line and the path, such as {@code gpt-4o.prices}. Numbers stay text, so that none passes
 * through binary floating point.
 */
record YamlNode(Path file, int line, String path, YamlNode.YamlContent content) {
    sealed interface YamlContent {
        record Fields(Map<String, YamlNode> byName) implements YamlContent {}

        record Items(List<YamlNode> items) implements YamlContent {}

        record Text(String text) implements YamlContent {}
    }

    /**
     * Reads a file of one document.
     *
     * @param yaml the content of the file
     */
    static YamlNode read(Path file, String yaml) throws IOException {
        try (JsonParser parser = new YAMLFactory().createParser(yaml)) {
            parser.nextToken();
            YamlNode root = read(file, parser);
            if (parser.nextToken() != null) {
                throw empty(file, parser).wrong("more than one document");
            }
            return root;
        }
    }

    private static YamlNode read(Path file, JsonParser parser) throws IOException {
        YamlNode here = empty(file, parser);
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return here.with(new YamlContent.Fields(fields(file, parser)));
        }
        if (token == JsonToken.START_ARRAY) {
            List<YamlNode> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(read(file, parser));
            }
            return here.with(new YamlContent.Items(items));
        }
        if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
            throw here.wrong("a value is missing");
        }
        return here.with(new YamlContent.Text(parser.getText()));
    }

    private static Map<String, YamlNode> fields(Path file, JsonParser parser) throws IOException {
        Map<String, YamlNode> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            YamlNode here = empty(file, parser);
            parser.nextToken();
            if (fields.putIfAbsent(name, read(file, parser)) != null) {
                throw here.wrong("'" + name + "' occurs twice");
            }
        }
        return fields;
    }

    private static YamlNode empty(Path file, JsonParser parser) {
        int line = parser.currentTokenLocation().getLineNr();
        return new YamlNode(file, line, "", new YamlContent.Text(""));
    }

    private YamlNode with(YamlContent read) {
        return new YamlNode(file, line, path, read);
    }

    /** The same value with another path for error messages. */
    YamlNode at(String other) {
        return new YamlNode(file, line, other, content);
    }

    /** The names of the fields, in the order of the file. */
    Set<String> names() {
        return fields().keySet();
    }

    boolean has(String name) {
        return fields().containsKey(name);
    }

    void allowOnly(Set<String> names) {
        for (String name : names()) {
            if (!names.contains(name)) {
                throw field(name).wrong("no such field");
            }
        }
    }

    /** A required field. */
    YamlNode field(String name) {
        YamlNode value = fields().get(name);
        if (value == null) {
            throw wrong("'" + name + "' is missing");
        }
        return value.at(path.isEmpty() ? name : path + "." + name);
    }

    /** The value of a field, or null if it is missing. */
    <T> @Nullable T optional(String name, Function<YamlNode, T> reader) {
        return has(name) ? reader.apply(field(name)) : null;
    }

    private Map<String, YamlNode> fields() {
        if (content instanceof YamlContent.Fields(Map<String, YamlNode> byName)) {
            return byName;
        }
        throw wrong("not a list of fields");
    }

    List<YamlNode> items() {
        if (content instanceof YamlContent.Items(List<YamlNode> items)) {
            return items.stream().map(item -> item.at(path)).toList();
        }
        throw wrong("not a list");
    }

    List<String> texts() {
        return items().stream().map(YamlNode::text).toList();
    }

    String text() {
        if (content instanceof YamlContent.Text(String text) && !text.isBlank()) {
            return text;
        }
        throw wrong("not a single value");
    }

    <T> T as(Function<String, T> reader) {
        String text = text();
        return made(() -> reader.apply(text));
    }

    /**
     * Makes an object of this value; an {@link IllegalArgumentException} becomes an error at its
     * line.
     */
    <T> T made(Supplier<T> maker) {
        try {
            return maker.get();
        } catch (PriceBookException bad) {
            throw bad;
        } catch (IllegalArgumentException bad) {
            throw wrong(String.valueOf(bad.getMessage()));
        }
    }

    PriceBookException wrong(String why) {
        String subject = path.isEmpty() ? "" : path + ": ";
        return new PriceBookException(file + ":" + line + ": " + subject + why);
    }
}
