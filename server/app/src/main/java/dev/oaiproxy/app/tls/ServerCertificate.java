package dev.oaiproxy.app.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** A certificate with its chain and its key, which belong together. */
public final class ServerCertificate {
    private static final char[] NO_PASSWORD = {};

    /** Clients that resume sessions with tickets need no entry here. */
    private static final int MOST_SESSIONS = 1_000;

    private final X509Certificate certificate;
    private final SSLContext context;

    private ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
        this.certificate = chain.getFirst();
        this.context = context(chain, key);
    }

    static ServerCertificate of(CertificateFiles.Content content) {
        Path file = content.files().certificate();
        List<X509Certificate> chain = chain(file, content.certificate());
        PublicKey certified = chain.getFirst().getPublicKey();
        PrivateKey key = PrivateKeys.read(content.files().key(), content.key(), certified);
        if (!matches(key, certified)) {
            throw new CertificateException(
                    content.files().key()
                            + " is not the key of the first certificate in "
                            + file
                            + "; name the key that was made with it");
        }
        requireOrder(file, chain);
        return new ServerCertificate(chain, key);
    }

    /** The end of its validity. */
    public Instant expires() {
        return certificate.getNotAfter().toInstant();
    }

    /** The begin of its validity. */
    public Instant begins() {
        return certificate.getNotBefore().toInstant();
    }

    public String subject() {
        return certificate.getSubjectX500Principal().getName();
    }

    /** TLS for a client that accepts only the server with this certificate. */
    public SSLContext pinned() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new PinnedTrust(certificate)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has TLS", e);
        }
    }

    /** TLS for a server with this certificate. */
    SSLContext context() {
        return context;
    }

    private static SSLContext context(List<X509Certificate> chain, PrivateKey key) {
        try {
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            store.setKeyEntry("server", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
            keys.init(store, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            context.getServerSessionContext().setSessionCacheSize(MOST_SESSIONS);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a certificate was checked and cannot be used", e);
        }
    }

    /** A client follows the chain from one certificate to the next. */
    private static void requireOrder(Path file, List<X509Certificate> chain) {
        for (int i = 1; i < chain.size(); i++) {
            if (!isSignedBy(chain.get(i - 1), chain.get(i))) {
                throw new CertificateException(
                        file
                                + " is no chain; put the server's certificate first, and behind"
                                + " each one the one that signed it");
            }
        }
    }

    private static boolean isSignedBy(X509Certificate one, X509Certificate signer) {
        try {
            one.verify(signer.getPublicKey());
            return one.getIssuerX500Principal().equals(signer.getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static List<X509Certificate> chain(Path file, String content) {
        try {
            List<X509Certificate> chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(
                                            content.getBytes(StandardCharsets.ISO_8859_1)))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!chain.isEmpty()) {
                return chain;
            }
            throw new CertificateException(
                    file
                            + " has no certificate in PEM; it should begin"
                            + " -----BEGIN CERTIFICATE-----");
        } catch (java.security.cert.CertificateException e) {
            // The message of the reader is left out, since it may quote the file.
            throw new CertificateException(
                    file + " has no certificate that can be read; name a PEM file", e);
        }
    }

    /** True when the public key verifies what the private key signs. */
    private static boolean matches(PrivateKey key, PublicKey certified) {
        byte[] text = {1, 2, 3};
        try {
            Signature signing = Signature.getInstance(algorithm(certified));
            signing.initSign(key);
            signing.update(text);
            byte[] signed = signing.sign();
            Signature verifying = Signature.getInstance(algorithm(certified));
            verifying.initVerify(certified);
            verifying.update(text);
            return verifying.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String algorithm(PublicKey certified) {
        return switch (certified.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> certified.getAlgorithm();
        };
    }
}
