package dev.oaiproxy.server.catalogue;

import dev.oaiproxy.server.catalogue.Operation.Refused;
import java.util.List;
import java.util.Optional;

/**
 * The operations of the OpenAI API that this proxy knows. What is not here is not passed on.
 *
 * <p>Immutable, and safe for use by several threads at once.
 */
public final class Catalogue {
    private static final String ANY_METHOD = "*";

    private final PathTree tree = new PathTree();

    /**
     * A catalogue of these operations.
     *
     * @throws IllegalArgumentException when two of them have the same method and path
     */
    public Catalogue(List<Operation> operations) {
        operations.forEach(tree::add);
    }

    /** The catalogue that comes with the server. */
    public static Catalogue bundled() {
        return new Catalogue(OperationsFile.bundled());
    }

    /**
     * Finds what is done with a request.
     *
     * @param method the HTTP method, in capitals
     * @param path the raw path after {@code /v1}, not decoded and without the query
     */
    public Match match(String method, String path) {
        List<Operation> operations = tree.at(path);
        return exactly(method, operations)
                .or(() -> exactly(ANY_METHOD, operations))
                .<Match>map(Match.Found::new)
                .orElseGet(() -> otherwise(operations));
    }

    private static Optional<Operation> exactly(String method, List<Operation> operations) {
        return operations.stream().filter(one -> one.method().equals(method)).findFirst();
    }

    private static Match otherwise(List<Operation> operations) {
        List<String> allowed =
                operations.stream()
                        .filter(one -> !(one.treatment() instanceof Refused))
                        .map(Operation::method)
                        .sorted()
                        .toList();
        return allowed.isEmpty() ? new Match.Unknown() : new Match.WrongMethod(allowed);
    }
}
