package dev.oaiproxy.app.tls;

/** A certificate or key that cannot be used; the message says why and what to do. */
public final class CertificateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CertificateException(String message) {
        super(message);
    }

    CertificateException(String message, Throwable cause) {
        super(message, cause);
    }
}
