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
 * @param name a label, or null
 * @param models globs of the models that it may use; empty for all
 * @param expiresAt its expiry, or null for never
 * @param revoked true when it is revoked or its user disabled
 */
public record Key(
        KeyId id,
        long number,
        String hash,
        long userNumber,
        String user,
        @Nullable String name,
        List<String> models,
        Instant createdAt,
        @Nullable Instant expiresAt,
        boolean revoked) {
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
