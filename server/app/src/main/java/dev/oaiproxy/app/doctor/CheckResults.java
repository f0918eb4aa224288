package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.Outcome;
import java.util.List;

/** Short ways to say what a check has found. */
final class CheckResults {
    private static final String ADVICE = "; ";

    private CheckResults() {}

    static List<Outcome> none() {
        return List.of();
    }

    static List<Outcome> ok(String found) {
        return List.of(new Outcome.Ok(found));
    }

    static List<Outcome> warn(String found, String advice) {
        return List.of(new Outcome.Warn(found, advice));
    }

    static List<Outcome> fail(String found, String advice) {
        return List.of(new Outcome.Fail(found, advice));
    }

    /**
     * What other parts of the program say in one sentence: what is wrong, and behind a semicolon
     * what to do.
     *
     * @param advice what to do when the sentence does not say
     */
    static Outcome told(String sentence, String advice) {
        int end = sentence.indexOf(ADVICE);
        return end < 0
                ? new Outcome.Fail(sentence, advice)
                : new Outcome.Fail(
                        sentence.substring(0, end), sentence.substring(end + ADVICE.length()));
    }
}
