package dev.oaiproxy.proxy.quota;

/** A change of a request by which it would fit into what is free of its quota. */
public sealed interface Remedy {
    /**
     * A limit on the output of one choice.
     *
     * @param field the member of the request that sets it
     * @param tokens the largest limit that fits
     */
    record OutputLimit(String field, long tokens) implements Remedy {}

    /** The service tier {@code default}. */
    record DefaultTier() implements Remedy {}

    /** No tools that OpenAI runs. */
    record NoTools() implements Remedy {}

    /**
     * Fewer requests in a batch.
     *
     * @param most how many fit, whichever they are
     */
    record FewerLines(long most) implements Remedy {}

    /** Another model, which the key may use. */
    record OtherModel(String model) implements Remedy {}
}
