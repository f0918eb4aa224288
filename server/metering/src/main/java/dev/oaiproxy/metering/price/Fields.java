package dev.oaiproxy.metering.price;

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
record Fields(Node.Mapping node, String way) {

    static Fields of(Node node, String way) throws Node.Malformed {
        if (node instanceof Node.Mapping mapping) {
            return new Fields(mapping, way);
        }
        throw new Node.Malformed(node.line(), subject(way) + "not a list of fields");
    }

    void allowOnly(Set<String> names) throws Node.Malformed {
        for (Map.Entry<String, Node> field : node.fields().entrySet()) {
            if (!names.contains(field.getKey())) {
                throw wrong(field.getValue(), field.getKey(), "no such field");
            }
        }
    }

    boolean has(String name) {
        return node.fields().containsKey(name);
    }

    Node required(String name) throws Node.Malformed {
        Node value = node.fields().get(name);
        if (value == null) {
            throw new Node.Malformed(node.line(), subject(way) + "'" + name + "' is missing");
        }
        return value;
    }

    Fields mapping(String name) throws Node.Malformed {
        return of(required(name), wayTo(name));
    }

    /** A field whose text is turned into something; what cannot be is refused. */
    <T> T value(String name, Function<String, T> reader) throws Node.Malformed {
        Node value = required(name);
        try {
            return reader.apply(text(value, name));
        } catch (IllegalArgumentException bad) {
            throw wrong(value, name, String.valueOf(bad.getMessage()));
        }
    }

    List<String> texts(String name) throws Node.Malformed {
        List<String> texts = new ArrayList<>();
        for (Node item : items(name)) {
            texts.add(text(item, name));
        }
        return List.copyOf(texts);
    }

    List<Node> items(String name) throws Node.Malformed {
        if (required(name) instanceof Node.Sequence sequence) {
            return sequence.items();
        }
        throw wrong(required(name), name, "not a list");
    }

    Node.Malformed wrong(Node value, String name, String why) {
        return new Node.Malformed(value.line(), subject(wayTo(name)) + why);
    }

    Node.Malformed wrong(String why) {
        return new Node.Malformed(node.line(), subject(way) + why);
    }

    private String text(Node value, String name) throws Node.Malformed {
        if (value instanceof Node.Scalar scalar && !scalar.text().isBlank()) {
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
