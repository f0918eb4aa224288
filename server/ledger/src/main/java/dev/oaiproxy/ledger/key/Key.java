package dev.oaiproxy.ledger.key;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An API key, as the server knows it.
 *
 * @param number its number in the ledger, and that of its account
 * @param hash SHA-256 of the whole key, in hexadecimal
 * @param userNumber the number of its user, and that of the user's account
 * @param user its user's name
 * @param group its group, or null
 * @param name a label, or null
 * @param models globs of the models that it may use; empty for all
 * @param expiresAt its expiry, or null for never
 * @param revoked true when it is revoked, its user disabled, or its group or member removed
 */
public record Key(
        KeyId id,
        long number,
        String hash,
        long userNumber,
        String user,
        @Nullable Membership group,
        @Nullable String name,
        List<String> models,
        Instant createdAt,
        @Nullable Instant expiresAt,
        boolean revoked) {
    /**
     * A user in a group, for which a key was made.
     *
     * @param group the number of the group, and that of its account
     * @param name the group's name
     * @param member the number of the user within the group, and that of that account
     */
    public record Membership(long group, String name, long member) {}

    public Key {
        models = List.copyOf(models);
    }

    /** Allows a model when the allow-list is empty or matches it. */
    public boolean allows(String model) {
        return models.isEmpty() || models.stream().anyMatch(glob -> Glob.matches(glob, model));
    }

    /** Detects a model that the allow-list has by its full name. */
    public boolean names(String model) {
        return models.contains(model);
    }

    /** Detects that it has expired at a moment. */
    public boolean hasExpired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    @Override
    public String toString() {
        return "Key[" + id + "]";
    }
}
