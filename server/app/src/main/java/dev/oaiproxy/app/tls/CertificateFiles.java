package dev.oaiproxy.app.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of the server's certificate and its key.
 *
 * @param certificate PEM; the server's own certificate first, then the chain to its authority
 * @param key PEM, not encrypted
 */
public record CertificateFiles(Path certificate, Path key) {
    private static final int LARGEST_BYTES = 1 << 20;

    /**
     * Reads both.
     *
     * @throws CertificateException when one cannot be read, or they do not belong together
     */
    public ServerCertificate read() {
        return ServerCertificate.of(content());
    }

    Content content() {
        return new Content(this, text(certificate), text(key));
    }

    /** The contents of both files at one moment. */
    record Content(CertificateFiles files, String certificate, String key) {
        @Override
        public String toString() {
            return "Content of " + files;
        }
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST_BYTES + 1);
            if (bytes.length > LARGEST_BYTES) {
                throw new CertificateException(
                        file + " is larger than a PEM file should be; name the right file");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new CertificateException(
                    file + " cannot be read; correct its name, or let the server's user read it",
                    e);
        }
    }
}
