package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi.AuditFinding;
import dev.oaiproxy.api.AdminApi.AuditReport;
import java.util.List;

/** Audit findings as rows. */
public final class AuditRows {
    public static final List<Column<AuditFinding>> COLUMNS =
            List.of(
                    Column.text("rule", AuditFinding::rule).shrinks(16),
                    Column.text("where", AuditFinding::where).shrinks(16),
                    Column.text("expected", AuditFinding::expected).shrinks(12),
                    Column.prose("found", AuditFinding::found));

    private AuditRows() {}

    /** The outcome in one sentence. */
    public static String words(AuditReport report) {
        String books =
                String.format(
                        "%d calls, %d accounts, %s USD charged",
                        report.calls(), report.accounts(), report.chargedUsd());
        return report.balanced()
                ? "the books balance: " + books
                : "the books DIFFER in " + report.findings().size() + " places: " + books;
    }
}
