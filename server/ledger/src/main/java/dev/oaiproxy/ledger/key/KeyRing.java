package dev.oaiproxy.ledger.key;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the caller by the credentials that a client presents.
 *
 * @param lookup finds a key by its public id, in its present state
 * @param secrets makes and opens short-lived client secrets
 */
public record KeyRing(
        Function<KeyId, Optional<Key>> lookup, InstantSource clock, ClientSecrets secrets) {

    /** Identifies a key by its public id, for the holder of a client secret. */
    public Caller identify(KeyId id) {
        return lookup.apply(id).map(this::judge).orElseGet(Caller.Unknown::new);
    }

    /** Identifies the holder of a key; null when no key was presented. */
    public Caller identify(@Nullable String presented) {
        return Optional.ofNullable(presented)
                .flatMap(Secret::parse)
                .flatMap(secret -> lookup.apply(secret.id()).filter(k -> secret.matches(k.hash())))
                .map(this::judge)
                .orElseGet(Caller.Unknown::new);
    }

    private Caller judge(Key key) {
        if (key.revoked()) {
            return new Caller.Revoked(key.id());
        }
        return key.hasExpired(clock.instant())
                ? new Caller.Expired(key.id())
                : new Caller.Known(key);
    }
}
