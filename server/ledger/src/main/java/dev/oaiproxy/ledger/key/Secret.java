package dev.oaiproxy.ledger.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A whole key, {@code sk-oap-<public id>-<secret>}, as its user holds it.
 *
 * <p>The secret is 192 random bits, so one SHA-256 of it is a safe thing to keep: there is nothing
 * to guess, and no two keys share a hash, which is what a salt and a slow hash are for with
 * passwords.
 */
public final class Secret {
    private static final String PREFIX = "sk-oap-";
    private static final int SECRET_BYTES = 24;
    private static final int SECRET_LENGTH = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Is never fed, only copied. */
    private static final MessageDigest SHA_256 = unused();

    private final KeyId id;

    private final String text;

    private Secret(KeyId id, String text) {
        this.id = id;
        this.text = text;
    }

    /** Makes a new key. */
    public static Secret random() {
        KeyId id = new KeyId(Base32.text(RANDOM.nextLong(), KeyId.LENGTH));
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        return new Secret(id, PREFIX + id + "-" + encoded);
    }

    /** Parses a presented key; empty when it does not have the form of our keys. */
    public static Optional<Secret> parse(String presented) {
        int idEnd = PREFIX.length() + KeyId.LENGTH;
        if (presented.length() != idEnd + 1 + SECRET_LENGTH
                || !presented.startsWith(PREFIX)
                || presented.charAt(idEnd) != '-') {
            return Optional.empty();
        }
        String id = presented.substring(PREFIX.length(), idEnd);
        return KeyId.isValid(id)
                ? Optional.of(new Secret(new KeyId(id), presented))
                : Optional.empty();
    }

    public KeyId id() {
        return id;
    }

    /** SHA-256 of the whole key, in lower-case hexadecimal. */
    public String hash() {
        return HexFormat.of().formatHex(sha256());
    }

    /** Compares with a stored hash in constant time. */
    public boolean matches(String hash) {
        return MessageDigest.isEqual(sha256(), HexFormat.of().parseHex(hash));
    }

    /** The key itself, for showing it once to the operator who made it. */
    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return PREFIX + id + "-***";
    }

    /** A copy of a digest costs less than looking for its provider, as each call would. */
    private byte[] sha256() {
        try {
            MessageDigest digest = (MessageDigest) SHA_256.clone();
            return digest.digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (CloneNotSupportedException everyJavaHasOne) {
            throw new IllegalStateException(everyJavaHasOne);
        }
    }

    private static MessageDigest unused() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
