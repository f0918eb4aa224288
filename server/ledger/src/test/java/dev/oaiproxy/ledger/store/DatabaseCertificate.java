package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The certificate of all database servers of this process, for {@code localhost}, and not for
 * {@code 127.0.0.1}, that nobody but itself vouches for.
 */
public record DatabaseCertificate(Path certificate, Path key) {
    private static final DatabaseCertificate SHARED = make();

    public static DatabaseCertificate shared() {
        return SHARED;
    }

    private static DatabaseCertificate make() {
        try {
            Path folder = Files.createTempDirectory("oaiproxy-certificate-");
            Path key = folder.resolve("key.pem");
            // PostgreSQL takes no key that others may read.
            Files.createFile(
                    key,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Path certificate = folder.resolve("certificate.pem");
            TestCertificate.forHost("RSA", "localhost").write(certificate, key);
            return new DatabaseCertificate(certificate, key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
