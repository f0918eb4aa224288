package dev.oaiproxy.cli.output;

/** The error of a command: one line with the problem, one with the remedy. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The kind of a failure, with its exit code. */
    public enum FailureKind {
        FAILED(1),
        UNREACHABLE(1),
        USAGE(2),
        UNAUTHORISED(4);

        private final int exitCode;

        FailureKind(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    private final FailureKind failureKind;
    private final String advice;

    private Failure(FailureKind failureKind, String what, String advice) {
        super(what);
        this.failureKind = failureKind;
        this.advice = advice;
    }

    public static Failure failed(String what, String advice) {
        return new Failure(FailureKind.FAILED, what, advice);
    }

    /**
     * A failure with a message from elsewhere.
     *
     * @param said the problem, optionally with a semicolon and the remedy
     * @param advice the remedy if the message has none
     */
    public static Failure told(String said, String advice) {
        int end = said.indexOf("; ");
        return end < 0
                ? failed(said, advice)
                : failed(said.substring(0, end), said.substring(end + 2));
    }

    /** No server answers at its address. */
    public static Failure unreachable(String what, String advice) {
        return new Failure(FailureKind.UNREACHABLE, what, advice);
    }

    public static Failure usage(String what, String advice) {
        return new Failure(FailureKind.USAGE, what, advice);
    }

    /** The server does not accept the login, or does not allow the request. */
    public static Failure unauthorised(String what, String advice) {
        return new Failure(FailureKind.UNAUTHORISED, what, advice);
    }

    public FailureKind kind() {
        return failureKind;
    }

    public String advice() {
        return advice;
    }
}
