package dev.oaiproxy.app.config;

import dev.oaiproxy.app.tls.CertificateFiles;
import java.util.Optional;

/** The settings for HTTPS: the files of the certificate and of its key. */
public final class TlsSettings {
    private TlsSettings() {}

    /**
     * The files; empty for plain HTTP.
     *
     * @throws ConfigException when one is named without the other
     */
    public static Optional<CertificateFiles> of(ServerConfig config) {
        String certificate = config.text(Setting.TLS_CERTIFICATE);
        String key = config.text(Setting.TLS_KEY);
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new ConfigException(
                    "%s and %s belong together; set both, or neither"
                            .formatted(
                                    Setting.TLS_CERTIFICATE.fullName(),
                                    Setting.TLS_KEY.fullName()));
        }
        return certificate.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new CertificateFiles(
                                config.home().resolve(certificate), config.home().resolve(key)));
    }
}
