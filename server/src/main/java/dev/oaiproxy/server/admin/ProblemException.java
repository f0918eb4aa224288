package dev.oaiproxy.server.admin;

import dev.oaiproxy.server.key.Redaction;

/** A request to the admin API that is answered with a problem; the message is shown. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String title;
    private final String detail;

    ProblemException(int status, String title, String detail) {
        super(detail);
        this.status = status;
        this.title = title;
        this.detail = Redaction.message(detail);
    }

    static ProblemException badRequest(String detail) {
        return new ProblemException(400, "Bad request", detail);
    }

    static ProblemException notFound(String detail) {
        return new ProblemException(404, "Not found", detail);
    }

    int status() {
        return status;
    }

    String detail() {
        return detail;
    }

    String title() {
        return title;
    }
}
