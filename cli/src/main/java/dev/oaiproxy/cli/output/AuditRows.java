package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi.AuditFinding;
import dev.oaiproxy.api.AdminApi.AuditReport;
import java.util.List;

/** Audit findings as rows. */
public final class AuditRows {
    private static final List<Column> COLUMNS =
            List.of(
                    Column.text("rule"),
                    Column.text("where"),
                    Column.text("expected"),
                    Column.text("found"));

    private AuditRows() {}

    public static Table table(AuditReport report) {
        return Table.of(COLUMNS, report.findings().stream().map(AuditRows::row).toList());
    }

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

    private static List<String> row(AuditFinding finding) {
        return Table.row(finding.rule(), finding.where(), finding.expected(), finding.found());
    }
}
