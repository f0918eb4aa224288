package dev.oaiproxy.metering.catalogue;

import java.util.List;

/** What the catalogue says of a method and a path. */
public sealed interface Match {
    /** The operation is listed; what is done with it is its treatment, which may be a refusal. */
    record Found(Operation operation) implements Match {}

    /**
     * The path is listed, but not for this method.
     *
     * @param allowed the methods that are passed on, for the {@code Allow} header; never empty
     */
    record WrongMethod(List<String> allowed) implements Match {
        public WrongMethod {
            allowed = List.copyOf(allowed);
        }
    }

    /** The path is not listed, or is written in a way that no client of good faith writes. */
    record Unknown() implements Match {}
}
