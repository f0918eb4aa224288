package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.Finding;
import dev.oaiproxy.api.OfflineTools.Outcome;
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
        List<Outcome> at(DoctorContext doctorContext);
    }

    /** Looks. An error of ours, which may say anything in its message, is told by its name. */
    List<Finding> at(DoctorContext doctorContext) {
        try {
            return look.at(doctorContext).stream().map(found -> new Finding(name, found)).toList();
        } catch (RuntimeException e) {
            String kind = e.getClass().getSimpleName();
            Outcome unknown =
                    new Outcome.Fail(
                            "could not be looked at: " + kind,
                            "mend what else fails here; if nothing does, this is a bug");
            return List.of(new Finding(name, unknown));
        }
    }
}
