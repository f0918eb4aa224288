package dev.oaiproxy.ledger.key;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns what a client presents into who it is. */
public final class KeyRing {
    private final Function<KeyId, Optional<Key>> lookup;
    private final InstantSource clock;
    private final ClientSecrets secrets;

    /**
     * @param lookup finds a key by its public id, in its state of this moment
     * @param secrets makes and opens those that stand for a key for a short while
     */
    public KeyRing(
            Function<KeyId, Optional<Key>> lookup, InstantSource clock, ClientSecrets secrets) {
        this.lookup = lookup;
        this.clock = clock;
        this.secrets = secrets;
    }

    /** Those that stand for a key for a short while. */
    public ClientSecrets secrets() {
        return secrets;
    }

    /** Identifies a key by its public id, for whoever has a secret that stands for it. */
    public Caller identify(KeyId id) {
        return lookup.apply(id).map(this::judge).orElseGet(Caller.Unknown::new);
    }

    /** Identifies the presenter of a key; null when none was presented. */
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
