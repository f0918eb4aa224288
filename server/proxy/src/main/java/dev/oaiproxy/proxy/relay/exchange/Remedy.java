package dev.oaiproxy.proxy.relay.exchange;

/** A change that makes a request fit into the free amount of its quota. */
public sealed interface Remedy {
    /**
     * A limit on the output of one choice.
     *
     * @param field the field of the request that sets it
     * @param tokens the largest limit that fits
     */
    record OutputLimit(String field, long tokens) implements Remedy {}

    /** The service tier {@code default}. */
    record DefaultTier() implements Remedy {}

    /** No hosted tools. */
    record NoTools() implements Remedy {}

    /**
     * Fewer requests in a batch.
     *
     * @param most the number of requests that fits, for any choice of lines
     */
    record FewerLines(long most) implements Remedy {}

    /** Another model, which the key may use. */
    record OtherModel(String model) implements Remedy {}
}
