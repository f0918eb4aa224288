package dev.oaiproxy.ledger.key;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Identifies the caller by the credentials that a client presents. */
public final class KeyRing {
    /** No more keys are cached; the next lookup reads the key again. */
    private static final int MOST_REMEMBERED = 10_000;

    private final Function<KeyId, Optional<Key>> lookup;
    private final InstantSource clock;
    private final ClientSecrets secrets;

    /** The keys that were in force when they were read last. */
    private final Map<KeyId, Key> remembered = new ConcurrentHashMap<>();

    /**
     * @param lookup finds a key by its public id, in its present state
     * @param secrets makes and opens short-lived client secrets
     */
    public KeyRing(
            Function<KeyId, Optional<Key>> lookup, InstantSource clock, ClientSecrets secrets) {
        this.lookup = lookup;
        this.clock = clock;
        this.secrets = secrets;
    }

    public ClientSecrets secrets() {
        return secrets;
    }

    /** Identifies a key by its public id, for the holder of a client secret. */
    public Caller identify(KeyId id) {
        return fresh(id, lookup.apply(id));
    }

    private Caller fresh(KeyId id, Optional<Key> key) {
        Caller caller = key.map(this::judge).orElseGet(Caller.Unknown::new);
        if (!(caller instanceof Caller.Known)) {
            remembered.remove(id);
        }
        return caller;
    }

    /** Identifies the holder of a key; null when no key was presented. */
    public Caller identify(@Nullable String presented) {
        Secret secret = presented == null ? null : Secret.parse(presented).orElse(null);
        return secret == null ? new Caller.Unknown() : identify(secret);
    }

    private Caller identify(Secret secret) {
        Optional<Key> key = lookup.apply(secret.id());
        return key.isEmpty() || secret.matches(key.get().hash())
                ? fresh(secret.id(), key)
                : new Caller.Unknown();
    }

    /**
     * Identifies the holder of a key as {@link #identify(String)} does, but without reading a key
     * that was in force before. It may have been revoked since: only for a call whose admission
     * proves, in its own transaction, that the accounts of key, user, group and member are open,
     * and reads the quotas that bind them. The rest of a known key never changes, nor does its
     * group.
     */
    public Caller recall(@Nullable String presented) {
        Secret secret = presented == null ? null : Secret.parse(presented).orElse(null);
        if (secret == null) {
            return new Caller.Unknown();
        }
        Key key = remembered.get(secret.id());
        if (key != null && secret.matches(key.hash())) {
            return judge(key);
        }
        Caller caller = identify(secret);
        if (caller instanceof Caller.Known known) {
            remember(known.key());
        }
        return caller;
    }

    private void remember(Key key) {
        if (remembered.size() >= MOST_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(key.id(), key);
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
