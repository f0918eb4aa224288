package dev.oaiproxy.cli.client;

import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.settings.CliSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS trust in the certificates of a file, in place of the public authorities. */
final class TrustedCertificates {
    private TrustedCertificates() {}

    /** Trusts the certificates in a PEM file, and no others. */
    static SSLContext in(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int count = 0;
            for (Certificate one :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + count++, one);
            }
            if (count == 0) {
                throw unreadable(file);
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable(file);
        }
    }

    private static Failure unreadable(Path file) {
        return Failure.failed(
                file + " has no certificates that can be read",
                "set " + CliSettings.AUTHORITY + " to a PEM file of the server's authority");
    }
}
