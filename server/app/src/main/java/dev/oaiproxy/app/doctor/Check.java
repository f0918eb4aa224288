package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import dev.oaiproxy.api.OfflineTools.CheckResult;
import java.util.List;

/**
 * One thing to look at.
 *
 * @param name what people call it, in a word or two
 */
record Check(String name, Look look) {
    /** How to look at it. */
    interface Look {
        /** What was found; empty when there is nothing of that kind here. */
        List<CheckOutcome> at(DoctorContext doctorContext);
    }

    /** Looks. An error of ours, which may say anything in its message, is told by its name. */
    List<CheckResult> at(DoctorContext doctorContext) {
        try {
            return look.at(doctorContext).stream()
                    .map(found -> new CheckResult(name, found))
                    .toList();
        } catch (RuntimeException e) {
            String kind = e.getClass().getSimpleName();
            CheckOutcome unknown =
                    new CheckOutcome.Fail(
                            "could not be looked at: " + kind,
                            "mend what else fails here; if nothing does, this is a bug");
            return List.of(new CheckResult(name, unknown));
        }
    }
}
