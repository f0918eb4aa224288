package dev.oaiproxy.metering.operation;

import java.util.List;

/** The result of looking up a method and a path in the catalogue. */
public sealed interface OperationMatch {
    /** The operation is listed; what is done with it is its treatment, which may be a refusal. */
    record Found(Operation operation) implements OperationMatch {}

    /**
     * The path is listed, but not for this method.
     *
     * @param allowed the methods that are passed on, for the {@code Allow} header; never empty
     */
    record WrongMethod(List<String> allowed) implements OperationMatch {
        public WrongMethod {
            allowed = List.copyOf(allowed);
        }
    }

    /** The path is not listed, or is written in a way that no client of good faith writes. */
    record Unknown() implements OperationMatch {}
}
