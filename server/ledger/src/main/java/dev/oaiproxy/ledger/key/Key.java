package dev.oaiproxy.ledger.key;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is known to the server.
 *
 * @param number its number in the ledger, also that of its account
 * @param hash SHA-256 of the whole key, in hexadecimal
 * @param userNumber the number of its user, also that of the user's account
 * @param user its user's name
 * @param name a label, or null
 * @param models globs of the models that it may use; empty for all
 * @param expiresAt when it stops working, or null for never
 * @param revoked whether it, or its user, has been switched off
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

    /** Whether its allow-list, if it has one, names a model. */
    public boolean allows(String model) {
        return models.isEmpty() || models.stream().anyMatch(glob -> Glob.matches(glob, model));
    }

    /** Whether its allow-list has a model by its full name. */
    public boolean names(String model) {
        return models.contains(model);
    }

    /** Whether it has stopped working by then. */
    public boolean hasExpired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    @Override
    public String toString() {
        return "Key[" + id + "]";
    }
}
