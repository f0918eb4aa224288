package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.Problem;
import dev.oaiproxy.ledger.key.Redaction;
import java.time.Duration;

/** A request to the admin API that is answered with a problem; the message is shown. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;
    private final Duration retryAfter;

    ProblemException(int status, String title, String detail) {
        this(status, title, detail, Duration.ZERO);
    }

    private ProblemException(int status, String title, String detail, Duration retryAfter) {
        super(detail);
        this.retryAfter = retryAfter;
        this.problem = new Problem("about:blank", title, status, Redaction.message(detail));
    }

    static ProblemException badRequest(String detail) {
        return new ProblemException(400, "Bad request", detail);
    }

    static ProblemException notFound(String detail) {
        return new ProblemException(404, "Not found", detail);
    }

    static ProblemException tooMany(String detail, Duration retryAfter) {
        return new ProblemException(429, "Too many attempts", detail, retryAfter);
    }

    /** The wait before the next try, in whole seconds; 0 for none. */
    long retryAfterSeconds() {
        return retryAfter.plusMillis(999).toSeconds();
    }

    Problem problem() {
        return problem;
    }
}
