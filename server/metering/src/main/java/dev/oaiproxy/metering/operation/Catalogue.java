package dev.oaiproxy.metering.operation;

import dev.oaiproxy.metering.operation.Operation.Refused;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The operations of the OpenAI API that this proxy knows. A request for any other operation is not
 * passed on.
 *
 * <p>It is immutable and thread-safe.
 */
public final class Catalogue {
    private static final String ANY_METHOD = "*";

    private final PathTree tree = new PathTree();

    /**
     * A catalogue of these operations.
     *
     * @throws IllegalArgumentException if two of them have the same method and path
     */
    public Catalogue(List<Operation> operations) {
        operations.forEach(tree::add);
    }

    /**
     * The catalogue that comes with the server.
     *
     * @param on the names of the settings that are on, out of those that allow operations
     */
    public static Catalogue bundled(Set<String> on) {
        return new Catalogue(OperationsFile.bundled().operations(on));
    }

    /**
     * Finds the operation of a request.
     *
     * @param method the HTTP method in capitals
     * @param path the path after {@code /v1}, as OpenAI receives it, without the query
     */
    public OperationMatch match(String method, String path) {
        List<Operation> operations = tree.at(path);
        // A client can send any method name, also that of WebSockets, which opens none.
        return method.equals(Operation.WEB_SOCKET)
                ? otherwise(operations)
                : match(method, operations);
    }

    /** True if a character may appear in a path segment of the catalogue. */
    public static boolean isPlain(int c) {
        return PathTree.isPlain(c);
    }

    /** The operation of a WebSocket that is opened at a path. */
    public OperationMatch socket(String path) {
        return match(Operation.WEB_SOCKET, tree.at(path));
    }

    private static OperationMatch match(String method, List<Operation> operations) {
        return exactly(method, operations)
                .or(() -> exactly(ANY_METHOD, operations))
                .<OperationMatch>map(OperationMatch.Found::new)
                .orElseGet(() -> otherwise(operations));
    }

    private static Optional<Operation> exactly(String method, List<Operation> operations) {
        return operations.stream().filter(one -> one.method().equals(method)).findFirst();
    }

    private static OperationMatch otherwise(List<Operation> operations) {
        List<String> allowed =
                operations.stream()
                        .filter(one -> !(one.treatment() instanceof Refused))
                        .map(Operation::method)
                        .filter(method -> !method.equals(Operation.WEB_SOCKET))
                        .sorted()
                        .toList();
        return allowed.isEmpty()
                ? new OperationMatch.Unknown()
                : new OperationMatch.WrongMethod(allowed);
    }
}
