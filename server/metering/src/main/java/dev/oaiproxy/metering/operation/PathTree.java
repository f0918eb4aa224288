package dev.oaiproxy.metering.operation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operations by the segments of their paths.
 *
 * <p>Paths are compared in the form that OpenAI receives. If the proxy decoded or normalised them
 * differently from OpenAI, a caller could reach a refused path under another spelling.
 */
final class PathTree {
    private static final int LONGEST_PATH = 1024;
    private static final String REST = "/**";
    private static final String MARKS = "-_~:@!$&'()*+,=.";

    private final Branch root = new Branch();

    private static final class Branch {
        private final Map<String, Branch> literals = new HashMap<>();
        private final List<Operation> operations = new ArrayList<>();
        private final List<Operation> below = new ArrayList<>();
        private @Nullable Branch variable;

        private Branch child(String segment) {
            if (!segment.startsWith("{")) {
                return literals.computeIfAbsent(segment, ignored -> new Branch());
            }
            Branch child = variable == null ? new Branch() : variable;
            variable = child;
            return child;
        }
    }

    /** Adds an operation. Operations of the same path must differ in their method. */
    void add(Operation operation) {
        String path = operation.path();
        boolean rest = path.endsWith(REST);
        String stem = rest ? path.substring(0, path.length() - REST.length()) : path;
        Branch node = root;
        for (String segment : stem.substring(1).split("/", -1)) {
            node = node.child(segment);
        }
        List<Operation> here = rest ? node.below : node.operations;
        if (here.stream().anyMatch(other -> other.method().equals(operation.method()))) {
            throw new IllegalArgumentException(operation.method() + " " + path + " occurs twice");
        }
        here.add(operation);
    }

    /**
     * The operations of a path with all methods. There are none if the path is unknown or
     * malformed.
     */
    List<Operation> at(String path) {
        if (path.isEmpty() || path.charAt(0) != '/' || path.length() > LONGEST_PATH) {
            return List.of();
        }
        String[] segments = path.substring(1).split("/", -1);
        for (String segment : segments) {
            if (!isPlain(segment)) {
                return List.of();
            }
        }
        return find(root, segments, 0);
    }

    private static List<Operation> find(Branch node, String[] segments, int depth) {
        if (depth == segments.length) {
            return node.operations.isEmpty() ? node.below : node.operations;
        }
        Branch literal = node.literals.get(segments[depth]);
        List<Operation> found = literal == null ? List.of() : find(literal, segments, depth + 1);
        if (found.isEmpty() && node.variable != null) {
            found = find(node.variable, segments, depth + 1);
        }
        return found.isEmpty() ? node.below : found;
    }

    /** True for a segment that every parser reads the same way: not only dots, no percent sign. */
    private static boolean isPlain(String segment) {
        boolean dotsOnly = true;
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (!isPlain(c)) {
                return false;
            }
            dotsOnly &= c == '.';
        }
        return !dotsOnly;
    }

    static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || MARKS.indexOf(c) >= 0;
    }
}
