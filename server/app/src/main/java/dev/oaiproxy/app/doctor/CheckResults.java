package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import java.util.List;

/** Short ways to say what a check has found. */
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
     * What other parts of the program say in one sentence: what is wrong, and behind a semicolon
     * what to do.
     *
     * @param advice what to do when the sentence does not say
     */
    static CheckOutcome told(String sentence, String advice) {
        int end = sentence.indexOf(ADVICE);
        return end < 0
                ? new CheckOutcome.Fail(sentence, advice)
                : new CheckOutcome.Fail(
                        sentence.substring(0, end), sentence.substring(end + ADVICE.length()));
    }
}
