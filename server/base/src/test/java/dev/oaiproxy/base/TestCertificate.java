package dev.oaiproxy.base;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate of a host, encoded in DER as RFC 5280 requires. */
public final class TestCertificate {
    private static final int SEQUENCE = 0x30;
    private static final int GENERALIZED_TIME = 0x18;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String COMMON_NAME = "0603550403";
    private static final String ALTERNATIVE_NAME = "0603551D11";

    private final KeyPair pair;
    private final X509Certificate certificate;

    private TestCertificate(KeyPair pair, X509Certificate certificate) {
        this.pair = pair;
        this.certificate = certificate;
    }

    /** A certificate that began a day ago and has 90 days left, for RSA, EC or Ed25519. */
    public static TestCertificate make(String algorithm) {
        return make(algorithm, Instant.now().plus(Duration.ofDays(90)));
    }

    /** A certificate with this end, which began 100 days before, for localhost and 127.0.0.1. */
    public static TestCertificate make(String algorithm, Instant end) {
        return make(algorithm, end, name("localhost"), new byte[] {127, 0, 0, 1});
    }

    /** A certificate that names a host, and no address. */
    public static TestCertificate forHost(String algorithm, String host) {
        return make(algorithm, Instant.now().plus(Duration.ofDays(90)), name(host));
    }

    private static TestCertificate make(
            String algorithm, Instant end, byte[] host, byte[]... addresses) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
            byte[] signing = algorithm(algorithm);
            byte[] content = content(pair, signing, end, host, addresses);
            Signature signature = Signature.getInstance(signature(algorithm));
            signature.initSign(pair.getPrivate());
            signature.update(content);
            byte[] signed = der(0x03, new byte[] {0}, signature.sign());
            byte[] whole = der(SEQUENCE, content, signing, signed);
            return new TestCertificate(
                    pair,
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(whole)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] name(String host) {
        return host.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] content(
            KeyPair pair, byte[] signing, Instant end, byte[] host, byte[]... addresses) {
        byte[] name = der(SEQUENCE, der(0x31, der(SEQUENCE, hex(COMMON_NAME), der(0x0C, host))));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(der(0x82, host));
        for (byte[] address : addresses) {
            all.writeBytes(der(0x87, address));
        }
        byte[] names = der(SEQUENCE, all.toByteArray());
        byte[] extension = der(SEQUENCE, hex(ALTERNATIVE_NAME), der(0x04, names));
        byte[] serial = BigInteger.valueOf(System.nanoTime()).toByteArray();
        Instant begin = end.minus(Duration.ofDays(100));
        return der(
                SEQUENCE,
                der(0xA0, der(0x02, new byte[] {2})),
                der(0x02, serial),
                signing,
                name,
                der(SEQUENCE, time(begin), time(end)),
                name,
                pair.getPublic().getEncoded(),
                der(0xA3, der(SEQUENCE, extension)));
    }

    private static byte[] time(Instant at) {
        return der(GENERALIZED_TIME, TIME.format(at).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] algorithm(String key) {
        return switch (key) {
            case "RSA" -> der(SEQUENCE, hex("06092A864886F70D01010B0500"));
            case "EC" -> der(SEQUENCE, hex("06082A8648CE3D040302"));
            default -> der(SEQUENCE, hex("06032B6570"));
        };
    }

    private static String signature(String key) {
        return switch (key) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key;
        };
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        if (content.size() < 0x80) {
            element.write(content.size());
        } else {
            element.write(0x82);
            element.write(content.size() >> 8);
            element.write(content.size());
        }
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public String keyPem() {
        return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    /** The key in its format from before PKCS #8, which is the last part of the PKCS #8 form. */
    public String olderKeyPem() {
        byte[] pkcs8 = pair.getPrivate().getEncoded();
        String label = pair.getPrivate().getAlgorithm() + " PRIVATE KEY";
        return pem(label, Arrays.copyOfRange(pkcs8, innerAt(pkcs8), pkcs8.length));
    }

    /** The offset of the key: it follows the version and the algorithm, in an octet string. */
    private static int innerAt(byte[] pkcs8) {
        int algorithm = contentAt(pkcs8, 0) + 3;
        int octets = contentAt(pkcs8, algorithm) + (pkcs8[algorithm + 1] & 0xFF);
        return contentAt(pkcs8, octets);
    }

    private static int contentAt(byte[] der, int element) {
        int first = der[element + 1] & 0xFF;
        return element + 2 + (first < 0x80 ? 0 : first - 0x80);
    }

    /** Writes both files. */
    public void write(Path certificateFile, Path keyFile) {
        try {
            Files.writeString(certificateFile, certificatePem());
            Files.writeString(keyFile, keyPem());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The TLS context of a client that trusts only this certificate. */
    public SSLContext trusting() {
        return context(new KeyManager[0]);
    }

    /** The TLS context of a server with this certificate, and of a client that trusts only it. */
    public SSLContext serving() {
        try {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry(
                    "server", pair.getPrivate(), new char[0], new Certificate[] {certificate});
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, new char[0]);
            return context(keys.getKeyManagers());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SSLContext context(KeyManager[] keys) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("server", certificate);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pem(String label, byte[] der) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
    }
}
