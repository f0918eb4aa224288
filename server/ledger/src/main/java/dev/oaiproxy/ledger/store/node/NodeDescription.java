package dev.oaiproxy.ledger.store.node;

import java.util.function.Supplier;

/**
 * The description that a node publishes to the others on its database.
 *
 * @param version that of the program
 * @param settings a fingerprint of the settings that all nodes should share, at most 64 characters;
 *     it reveals no secret
 * @param prices supplies the version of its present price book
 */
public record NodeDescription(String version, String settings, Supplier<String> prices) {
    /** A node that publishes no settings fingerprint. */
    public static final NodeDescription BLANK = new NodeDescription("", "", () -> "");
}
