package dev.oaiproxy.ledger.store.node;

import java.util.function.Supplier;

/**
 * What a process shows of itself to the others on its database.
 *
 * @param version that of the program
 * @param settings what stands for the settings that all of them should have the same, in at most 64
 *     letters; nobody finds a secret by it who does not have another one
 * @param prices tells the version of the price book that it goes by now
 */
public record NodeDescription(String version, String settings, Supplier<String> prices) {
    /** Of one that has nothing to compare. */
    public static final NodeDescription BLANK = new NodeDescription("", "", () -> "");
}
