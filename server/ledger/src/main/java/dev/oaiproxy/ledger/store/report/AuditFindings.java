package dev.oaiproxy.ledger.store.report;

import dev.oaiproxy.ledger.ledger.AuditFinding;
import java.util.ArrayList;
import java.util.List;

/** The broken rules that an audit has found, up to so many. */
final class AuditFindings {
    private static final int MOST = 1000;

    private final List<AuditFinding> found = new ArrayList<>();

    void compare(String rule, String where, Object expected, Object stored) {
        if (!expected.equals(stored)) {
            add(rule, where, expected.toString(), stored.toString());
        }
    }

    void add(String rule, String where, String expected, String stored) {
        if (found.size() < MOST) {
            found.add(new AuditFinding(rule, where, expected, stored));
        }
    }

    List<AuditFinding> all() {
        return List.copyOf(found);
    }
}
