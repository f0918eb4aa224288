package dev.oaiproxy.metering.price.book;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The fields of one mapping of the price book. Unknown fields are refused, and every complaint
 * names the line and the way to the field.
 *
 * @param way where the mapping is, as {@code gpt-4o.prices}; empty for the whole file
 */
record YamlMapping(YamlNode.Mapping node, String way) {

    static YamlMapping of(YamlNode yamlNode, String way) throws YamlNode.Malformed {
        if (yamlNode instanceof YamlNode.Mapping mapping) {
            return new YamlMapping(mapping, way);
        }
        throw new YamlNode.Malformed(yamlNode.line(), subject(way) + "not a list of fields");
    }

    void allowOnly(Set<String> names) throws YamlNode.Malformed {
        for (Map.Entry<String, YamlNode> field : node.fields().entrySet()) {
            if (!names.contains(field.getKey())) {
                throw wrong(field.getValue(), field.getKey(), "no such field");
            }
        }
    }

    boolean has(String name) {
        return node.fields().containsKey(name);
    }

    YamlNode required(String name) throws YamlNode.Malformed {
        YamlNode value = node.fields().get(name);
        if (value == null) {
            throw new YamlNode.Malformed(node.line(), subject(way) + "'" + name + "' is missing");
        }
        return value;
    }

    YamlMapping mapping(String name) throws YamlNode.Malformed {
        return of(required(name), wayTo(name));
    }

    /** A field whose text is turned into something; what cannot be is refused. */
    <T> T value(String name, Function<String, T> reader) throws YamlNode.Malformed {
        YamlNode value = required(name);
        try {
            return reader.apply(text(value, name));
        } catch (IllegalArgumentException bad) {
            throw wrong(value, name, String.valueOf(bad.getMessage()));
        }
    }

    List<String> texts(String name) throws YamlNode.Malformed {
        List<String> texts = new ArrayList<>();
        for (YamlNode item : items(name)) {
            texts.add(text(item, name));
        }
        return List.copyOf(texts);
    }

    List<YamlNode> items(String name) throws YamlNode.Malformed {
        if (required(name) instanceof YamlNode.Sequence sequence) {
            return sequence.items();
        }
        throw wrong(required(name), name, "not a list");
    }

    YamlNode.Malformed wrong(YamlNode value, String name, String why) {
        return new YamlNode.Malformed(value.line(), subject(wayTo(name)) + why);
    }

    YamlNode.Malformed wrong(String why) {
        return new YamlNode.Malformed(node.line(), subject(way) + why);
    }

    private String text(YamlNode value, String name) throws YamlNode.Malformed {
        if (value instanceof YamlNode.Scalar scalar && !scalar.text().isBlank()) {
            return scalar.text();
        }
        throw wrong(value, name, "not a single value");
    }

    private String wayTo(String name) {
        return way.isEmpty() ? name : way + "." + name;
    }

    private static String subject(String way) {
        return way.isEmpty() ? "" : way + ": ";
    }
}
