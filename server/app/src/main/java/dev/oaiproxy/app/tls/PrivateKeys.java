package dev.oaiproxy.app.tls;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads private keys in PEM: PKCS #8, and the older forms for RSA (PKCS #1) and elliptic curves
 * (SEC 1), which lack the algorithm that PKCS #8 names and get it from the certificate.
 */
final class PrivateKeys {
    private static final Pattern PEM =
            Pattern.compile(
                    "-----BEGIN ((?:[A-Z0-9]+ )?PRIVATE KEY)-----(.*?)-----END \\1-----",
                    Pattern.DOTALL);

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final int LONG_LENGTH = 0x80;
    private static final int BYTE = 0xFF;

    private PrivateKeys() {}

    /**
     * The key in a file, which has to be of the same algorithm as the certificate's.
     *
     * @throws CertificateException when there is none that can be read
     */
    static PrivateKey read(Path file, String content, PublicKey certified) {
        Matcher matcher = PEM.matcher(content);
        if (!matcher.find()) {
            throw new CertificateException(
                    file
                            + " has no private key in PEM; it should begin -----BEGIN PRIVATE"
                            + " KEY-----");
        }
        if (matcher.group(1).startsWith("ENCRYPTED") || matcher.group(2).contains(":")) {
            throw new CertificateException(
                    file
                            + " is encrypted; decrypt it, as by: openssl pkey -in "
                            + file
                            + " -out key.pem");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(matcher.group(2));
            byte[] pkcs8 = matcher.group(1).equals("PRIVATE KEY") ? der : wrapped(der, certified);
            return KeyFactory.getInstance(certified.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new CertificateException(
                    file
                            + " is no readable "
                            + certified.getAlgorithm()
                            + " key, as the certificate needs; name the key that was made with it",
                    e);
        }
    }

    /** A PKCS #8 structure around an older one: version, algorithm, key. */
    private static byte[] wrapped(byte[] key, PublicKey certified) {
        byte[] body = joined(VERSION_0, algorithm(certified), element(OCTET_STRING, key));
        return element(SEQUENCE, body);
    }

    /** The algorithm with its parameters: the first element of an encoded public key. */
    private static byte[] algorithm(PublicKey certified) {
        byte[] der = certified.getEncoded();
        int at = contentAt(der, 0);
        int end = contentAt(der, at) + lengthAt(der, at);
        return Arrays.copyOfRange(der, at, end);
    }

    private static int contentAt(byte[] der, int element) {
        int first = der[element + 1] & BYTE;
        return element + 2 + (first < LONG_LENGTH ? 0 : first - LONG_LENGTH);
    }

    private static int lengthAt(byte[] der, int element) {
        int first = der[element + 1] & BYTE;
        if (first < LONG_LENGTH) {
            return first;
        }
        int length = 0;
        for (int i = element + 2; i < contentAt(der, element); i++) {
            length = (length << Byte.SIZE) | (der[i] & BYTE);
        }
        return length;
    }

    private static byte[] element(int tag, byte[] content) {
        byte[] length =
                content.length < LONG_LENGTH
                        ? new byte[] {(byte) content.length}
                        : new byte[] {
                            (byte) (LONG_LENGTH + 2),
                            (byte) (content.length >> Byte.SIZE),
                            (byte) content.length
                        };
        return joined(new byte[] {(byte) tag}, length, content);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
