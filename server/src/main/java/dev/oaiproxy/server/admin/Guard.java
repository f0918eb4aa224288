package dev.oaiproxy.server.admin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Checks the administrator's name and password.
 *
 * <p>The password is kept as a slow hash (PBKDF2 with HMAC-SHA-256), since people choose it. Who
 * fails too often must wait. What has passed once is known again by a keyed hash in memory, so that
 * only the first request of an administrator is slow.
 */
final class Guard {
    private static final int ROUNDS = 210_000;
    private static final int HASH_BITS = 256;
    private static final int SALT_BYTES = 16;
    private static final int MOST_FAILURES = 10;
    private static final int MOST_SOURCES = 10_000;
    private static final Duration PENALTY = Duration.ofMinutes(1);
    private static final String BASIC = "Basic ";

    private final InstantSource clock;
    private final byte[] salt = random(SALT_BYTES);
    private final byte[] macKey = random(SALT_BYTES);
    private final String user;
    private final byte[] hash;
    private final AtomicReference<byte[]> passed = new AtomicReference<>(new byte[0]);
    private final ReentrantLock hashing = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Failures> failures =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
                    return size() > MOST_SOURCES;
                }
            };

    private record Failures(int count, long sinceMillis) {}

    Guard(String user, String password, InstantSource clock) {
        this.user = user;
        this.hash = slowHash(password);
        this.clock = clock;
    }

    /**
     * The administrator's name, when a header proves it.
     *
     * @param authorization the value of the header, or null
     * @param source the address that it came from
     * @throws ProblemException when too many attempts from there have failed
     */
    Optional<String> check(@Nullable String authorization, String source) {
        if (authorization == null || !authorization.startsWith(BASIC)) {
            return Optional.empty();
        }
        byte[] mac = mac(authorization);
        if (MessageDigest.isEqual(mac, passed.get())) {
            return Optional.of(user);
        }
        countAttempt(source);
        if (!matches(authorization)) {
            return Optional.empty();
        }
        passed.set(mac);
        forgive(source);
        return Optional.of(user);
    }

    private boolean matches(String authorization) {
        try {
            byte[] plain = Base64.getDecoder().decode(authorization.substring(BASIC.length()));
            String[] parts = new String(plain, StandardCharsets.UTF_8).split(":", 2);
            // Both comparisons are made, so that the time does not tell which one failed.
            boolean name = MessageDigest.isEqual(utf8(parts[0]), utf8(user));
            byte[] presented = slowHashInTurn(parts.length == 2 ? parts[1] : "");
            return MessageDigest.isEqual(presented, hash) && name;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    /** Counts an attempt as failed before it is checked, so that many at once count as many. */
    private void countAttempt(String source) {
        lock.lock();
        try {
            long now = clock.millis();
            Failures known = failures.get(source);
            int count =
                    known == null || now - known.sinceMillis() > PENALTY.toMillis()
                            ? 0
                            : known.count();
            if (count >= MOST_FAILURES) {
                throw new ProblemException(
                        429,
                        "Too many attempts",
                        "too many wrong passwords; wait a minute, then try again");
            }
            failures.put(source, new Failures(count + 1, now));
        } finally {
            lock.unlock();
        }
    }

    private void forgive(String source) {
        lock.lock();
        try {
            failures.remove(source);
        } finally {
            lock.unlock();
        }
    }

    /** One at a time: a hash takes a whole processor, which calls in flight need as well. */
    private byte[] slowHashInTurn(String password) {
        hashing.lock();
        try {
            return slowHash(password);
        } finally {
            hashing.unlock();
        }
    }

    private byte[] slowHash(String password) {
        try {
            // An empty password is refused at set-up; the space only keeps the key specification
            // valid.
            char[] text = (password + " ").toCharArray();
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(text, salt, ROUNDS, HASH_BITS))
                    .getEncoded();
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private byte[] mac(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(macKey, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
