package dev.oaiproxy.cli.output;

/** The error of a command: one line with the problem, one with the remedy. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The kind of a failure, with its exit code. */
    public enum FailureKind {
        FAILED(1),
        UNREACHABLE(1),
        UNKNOWN(1),
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
        return told(FailureKind.FAILED, said, advice);
    }

    /** A value that the server does not take; without a remedy the help of the command is named. */
    public static Failure refusedValue(String said) {
        return told(FailureKind.USAGE, said, "");
    }

    /** Nothing has this name. */
    public static Failure unknown(String what, String advice) {
        return new Failure(FailureKind.UNKNOWN, what, advice);
    }

    /** The same as {@link #told(String, String)}, of a certain kind. */
    public static Failure told(FailureKind kind, String said, String advice) {
        int end = said.indexOf("; ");
        return end < 0
                ? new Failure(kind, said, advice)
                : new Failure(kind, said.substring(0, end), said.substring(end + 2));
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

    /** The remedy; empty where the help of the command says it. */
    public String advice() {
        return advice;
    }
}
