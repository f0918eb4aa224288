package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import java.util.List;

/** Makes the outcomes of checks. */
final class CheckResults {
    private static final String ADVICE = "; ";

    private CheckResults() {}

    static List<CheckOutcome> none() {
        return List.of();
    }

    static List<CheckOutcome> ok(String found) {
        return List.of(new CheckOutcome.Ok(found));
    }

    static List<CheckOutcome> warn(String found, String advice) {
        return List.of(new CheckOutcome.Warn(found, advice));
    }

    static List<CheckOutcome> fail(String found, String advice) {
        return List.of(new CheckOutcome.Fail(found, advice));
    }

    /**
     * A failure from a message with the problem and, behind a semicolon, the remedy.
     *
     * @param advice the remedy when the message has none
     */
    static CheckOutcome problem(String message, String advice) {
        int end = message.indexOf(ADVICE);
        return end < 0
                ? new CheckOutcome.Fail(message, advice)
                : new CheckOutcome.Fail(
                        message.substring(0, end), message.substring(end + ADVICE.length()));
    }
}
