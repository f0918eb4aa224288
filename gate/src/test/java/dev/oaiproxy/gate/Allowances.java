package dev.oaiproxy.gate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Files that may break a rule for now. The list only shrinks: fix the source instead of adding to
 * it.
 */
final class Allowances {
    private static final Set<Allowance> ALL = Set.of();

    private Allowances() {}

    /** A file that may break one rule. */
    record Allowance(Rule rule, String file) {}

    /** The findings without an allowance, and the unneeded allowances of that rule. */
    static List<String> unsettled(Rule rule, List<Finding> findings) {
        return unsettled(rule, findings, ALL);
    }

    static List<String> unsettled(Rule rule, List<Finding> findings, Set<Allowance> allowances) {
        List<String> unsettled = new ArrayList<>();
        Set<Allowance> unused = new HashSet<>(allowances);
        unused.removeIf(allowance -> allowance.rule() != rule);
        for (Finding finding : findings) {
            Allowance allowance = new Allowance(rule, finding.file());
            unused.remove(allowance);
            if (!allowances.contains(allowance)) {
                unsettled.add(finding.toString());
            }
        }
        unused.forEach(
                allowance ->
                        unsettled.add(
                                "nothing needs this: remove " + allowance + " from Allowances"));
        return unsettled;
    }
}
