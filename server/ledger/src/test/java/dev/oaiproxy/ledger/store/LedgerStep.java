package dev.oaiproxy.ledger.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * A step on a ledger, and then on paper.
 *
 * @param onPaper does the same, compares the outcomes, and says what was done
 */
record LedgerStep<T>(Callable<T> onLedger, Function<T, String> onPaper) {
    String perform() {
        try {
            return onPaper.apply(onLedger.call());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Performs several in one commit, in which they come in this order. */
    static List<String> together(Store store, List<LedgerStep<?>> acts) {
        List<Callable<Object>> callers = new ArrayList<>();
        acts.forEach(ledgerStep -> callers.add(ledgerStep.onLedger()::call));
        List<Future<Object>> outcomes = OneCommit.of(store, callers);
        List<String> done = new ArrayList<>();
        for (int i = 0; i < acts.size(); i++) {
            done.add(compare(acts.get(i), outcomes.get(i).resultNow()));
        }
        return done;
    }

    @SuppressWarnings("unchecked") // The outcome is that of the act.
    private static <T> String compare(LedgerStep<T> ledgerStep, Object outcome) {
        return ledgerStep.onPaper.apply((T) outcome);
    }
}
