package dev.oaiproxy.ledger.store.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The certificates of a PEM file as a key store, for the drivers that read nothing else. They are
 * no secret, and neither is the password.
 */
record TrustStore(Path path) {
    static final String TYPE = "PKCS12";
    static final String PASSWORD = "certificates";

    private static final Map<PemVersion, TrustStore> MADE = new ConcurrentHashMap<>();

    /** The file that a trust store was made from, and its state. */
    private record PemVersion(Path pem, FileTime changed) {}

    /**
     * The trust store of a file, made once per process.
     *
     * @throws IllegalArgumentException when the file has no certificates
     */
    static TrustStore of(Path pem) {
        try {
            PemVersion source =
                    new PemVersion(pem.toAbsolutePath(), Files.getLastModifiedTime(pem));
            // Some machines clear their folder for temporary files.
            return MADE.compute(
                    source,
                    (_, made) -> made != null && Files.exists(made.path()) ? made : make(pem));
        } catch (IOException e) {
            throw unreadable(pem, e);
        }
    }

    /**
     * The certificates of a file.
     *
     * @throws IllegalArgumentException when it has none
     */
    static KeyStore read(Path pem) {
        try (InputStream in = Files.newInputStream(pem)) {
            KeyStore store = KeyStore.getInstance(TYPE);
            store.load(null, null);
            int count = 0;
            for (Certificate one :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + count++, one);
            }
            if (count == 0) {
                throw new IllegalArgumentException(pem + " has no certificate in it");
            }
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable(pem, e);
        }
    }

    private static TrustStore make(Path pem) {
        KeyStore store = read(pem);
        try {
            Path path = Files.createTempFile("oaiproxy-", ".p12");
            path.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(path)) {
                store.store(out, PASSWORD.toCharArray());
            }
            return new TrustStore(path);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the certificates in " + pem + " cannot be kept in a temporary file", e);
        }
    }

    /** Leaves out the parser's message, which quotes the file: it may be a secret. */
    private static IllegalArgumentException unreadable(Path pem, Exception e) {
        return new IllegalArgumentException("the certificates in " + pem + " cannot be read", e);
    }
}
