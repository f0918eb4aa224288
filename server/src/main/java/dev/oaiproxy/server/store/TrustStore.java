package dev.oaiproxy.server.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/**
 * The certificates of a PEM file as a key store, for the drivers that read nothing else. They are
 * no secret, and neither is the password.
 */
record TrustStore(Path path) {
    static final String TYPE = "PKCS12";
    static final String PASSWORD = "certificates";

    /**
     * Makes one, for as long as the process lives.
     *
     * @throws IllegalArgumentException when the file has no certificates
     */
    static TrustStore of(Path pem) {
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
            Path path = Files.createTempFile("oaiproxy-", ".p12");
            path.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(path)) {
                store.store(out, PASSWORD.toCharArray());
            }
            return new TrustStore(path);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the certificates in " + pem + " cannot be read: " + e.getMessage(), e);
        }
    }
}
