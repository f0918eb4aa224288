package dev.oaiproxy.ledger.ledger;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.key.Redaction;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a new key.
 *
 * @param user the user's name; letters, digits and {@code . _ @ + -}, at most 64
 * @param label a name for people, possibly empty
 * @param group the name of its group, or null
 * @param models globs of the models that it may use; empty for all
 * @param expiresAt the expiry, or null for never
 */
public record KeySettings(
        String user,
        @Nullable String group,
        String label,
        List<String> models,
        @Nullable Instant expiresAt,
        AccountLimits limits) {
    private static final int LONGEST_LABEL = 128;
    private static final int LONGEST_MODELS = 2000;

    /** Settings of a key without a group. */
    public KeySettings(
            String user,
            String label,
            List<String> models,
            @Nullable Instant expiresAt,
            AccountLimits limits) {
        this(user, null, label, models, expiresAt, limits);
    }

    /** Rejects names that look alike or do not fit their column. */
    public KeySettings {
        GroupSettings.requireName("a user's name", user);
        if (group != null) {
            GroupSettings.requireName("a group's name", group);
        }
        if (label.length() > LONGEST_LABEL || label.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a key's name has at most 128 printable characters");
        }
        models = List.copyOf(models);
        if (Redaction.isNeeded(user + " " + label + " " + String.join(" ", models))) {
            throw new IllegalArgumentException("a key must not be part of a name");
        }
        for (String model : models) {
            if (!model.matches("[A-Za-z0-9._:*-]+")) {
                throw new IllegalArgumentException("not a model or a glob of models: " + model);
            }
        }
        if (String.join(",", models).length() > LONGEST_MODELS) {
            throw new IllegalArgumentException("the list of models is too long");
        }
    }
}
