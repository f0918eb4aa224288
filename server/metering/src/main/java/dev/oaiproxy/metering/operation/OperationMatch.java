package dev.oaiproxy.metering.operation;

import java.util.List;

/** The result of looking up a method and a path in the catalogue. */
public sealed interface OperationMatch {
    /** The operation is listed. Its treatment may be a refusal. */
    record Found(Operation operation) implements OperationMatch {}

    /**
     * The path is listed, but not with this method.
     *
     * @param allowed the methods that are passed on, for the {@code Allow} header; never empty
     */
    record WrongMethod(List<String> allowed) implements OperationMatch {
        public WrongMethod {
            allowed = List.copyOf(allowed);
        }
    }

    /** The path is not listed, or its spelling is one that no client in good faith uses. */
    record Unknown() implements OperationMatch {}
}
