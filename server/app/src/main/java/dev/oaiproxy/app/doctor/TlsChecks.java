package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import dev.oaiproxy.app.config.ConfigException;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.tls.CertificateException;
import dev.oaiproxy.app.tls.CertificateFiles;
import dev.oaiproxy.app.tls.ServerCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Checks of the certificate for HTTPS. */
final class TlsChecks {
    private static final Duration SOON = Duration.ofDays(14);
    private static final String RENEW =
            "renew it; a running server takes the new files within seconds";

    private TlsChecks() {}

    static List<CheckOutcome> certificate(DoctorContext context) {
        Optional<CertificateFiles> files =
                context.hidden().isPresent() ? Optional.empty() : files(context.config());
        if (files.isEmpty()) {
            return CheckResults.none();
        }
        try {
            return List.of(outcome(files.get().read(), context.clock().instant()));
        } catch (CertificateException e) {
            return List.of(
                    CheckResults.problem(String.valueOf(e.getMessage()), "correct the two files"));
        }
    }

    private static CheckOutcome outcome(ServerCertificate certificate, Instant now) {
        String whose = certificate.subject() + ", valid until " + certificate.expires();
        if (now.isBefore(certificate.begins())) {
            return new CheckOutcome.Fail(
                    certificate.subject() + " is not valid before " + certificate.begins(),
                    "correct this machine's clock, or take a certificate that is valid now");
        }
        if (now.isAfter(certificate.expires())) {
            return new CheckOutcome.Fail(
                    certificate.subject() + " has expired at " + certificate.expires(), RENEW);
        }
        return now.plus(SOON).isAfter(certificate.expires())
                ? new CheckOutcome.Warn(whose, RENEW)
                : new CheckOutcome.Ok(whose);
    }

    /** The files; empty also when their settings are wrong, which the check of settings tells. */
    static Optional<CertificateFiles> files(ServerConfig config) {
        try {
            return config.certificate();
        } catch (ConfigException told) {
            return Optional.empty();
        }
    }
}
