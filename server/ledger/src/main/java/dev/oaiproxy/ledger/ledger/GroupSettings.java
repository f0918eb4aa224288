package dev.oaiproxy.ledger.ledger;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.key.Redaction;
import java.util.regex.Pattern;

/**
 * The settings of a group.
 *
 * @param name letters, digits and {@code . _ @ + -}, at most 64
 * @param limits what all calls of the group together may spend
 * @param memberLimits what each new member may spend within the group; without rates
 */
public record GroupSettings(String name, AccountLimits limits, AccountLimits memberLimits) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9._@+-]{1,64}");

    /** Rejects names that look alike or do not fit their column. */
    public GroupSettings {
        requireName("a group's name", name);
    }

    /**
     * Rejects a name of a user or group that does not fit its column, or has a secret in it.
     *
     * @param what says of whom
     */
    public static void requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what + " has 1 to 64 lower-case letters, digits or . _ @ + -");
        }
        if (Redaction.isNeeded(name)) {
            throw new IllegalArgumentException("a key must not be part of a name");
        }
    }
}
