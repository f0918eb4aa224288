package dev.oaiproxy.ledger.key;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Short-lived secrets, {@code ek_...}, that stand for a key without revealing it: a user's server
 * makes one for its web page, which opens a WebSocket with it.
 *
 * <p>Nothing is stored about them. A secret contains its expiry, its key and its content, and a
 * message authentication code that only servers with the same OpenAI key can make, so that every
 * node can open it.
 */
public final class ClientSecrets {
    private static final String PREFIX = "ek_";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int CODE_BYTES = 32;
    private static final int MOST_CONTENT_BYTES = 1 << 16;
    private static final String PURPOSE = "oaiproxy client secret 1";

    private final byte[] secret;
    private final InstantSource clock;

    /**
     * The content of a secret.
     *
     * @param key the key that it stands for, which may have been revoked since
     * @param content the payload
     */
    public record Opened(KeyId key, String content) {}

    /**
     * @param installation a secret that all nodes share, and only they
     */
    public ClientSecrets(String installation, InstantSource clock) {
        this.secret =
                code(
                        installation.getBytes(StandardCharsets.UTF_8),
                        PURPOSE.getBytes(StandardCharsets.UTF_8));
        this.clock = clock;
    }

    /**
     * Makes a secret.
     *
     * @param content the payload, at most 64 KiB
     */
    public String issue(KeyId key, Instant expiry, String content) {
        byte[] id = key.text().getBytes(StandardCharsets.US_ASCII);
        byte[] packed = packed(content.getBytes(StandardCharsets.UTF_8));
        byte[] said =
                ByteBuffer.allocate(Long.BYTES + id.length + packed.length)
                        .putLong(expiry.getEpochSecond())
                        .put(id)
                        .put(packed)
                        .array();
        byte[] whole = Arrays.copyOf(said, said.length + CODE_BYTES);
        System.arraycopy(code(secret, said), 0, whole, said.length, CODE_BYTES);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }

    /** Opens a secret; empty when it is malformed, not ours, or expired. */
    public Optional<Opened> open(String presented) {
        if (!presented.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            byte[] whole = Base64.getUrlDecoder().decode(presented.substring(PREFIX.length()));
            int end = whole.length - CODE_BYTES;
            int start = Long.BYTES + KeyId.LENGTH;
            if (end < start
                    || !isOurs(whole, end)
                    || clock.instant().getEpochSecond() >= ByteBuffer.wrap(whole).getLong()) {
                return Optional.empty();
            }
            KeyId key =
                    new KeyId(
                            new String(whole, Long.BYTES, KeyId.LENGTH, StandardCharsets.US_ASCII));
            return Optional.of(new Opened(key, unpacked(Arrays.copyOfRange(whole, start, end))));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private boolean isOurs(byte[] whole, int end) {
        byte[] presented = Arrays.copyOfRange(whole, end, whole.length);
        return MessageDigest.isEqual(code(secret, Arrays.copyOf(whole, end)), presented);
    }

    private static byte[] code(byte[] key, byte[] said) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(said);
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private static byte[] packed(byte[] content) {
        if (content.length > MOST_CONTENT_BYTES) {
            throw new IllegalArgumentException("too much for a client secret");
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
            out.write(content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    /** The authentication code has shown that the content is ours. */
    private static String unpacked(byte[] packed) {
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(packed);
            byte[] content = new byte[MOST_CONTENT_BYTES];
            return new String(content, 0, inflater.inflate(content), StandardCharsets.UTF_8);
        } catch (DataFormatException notOurs) {
            throw new IllegalArgumentException(notOurs);
        }
    }
}
