package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.AuditReport;
import dev.oaiproxy.api.AdminApi.Finding;
import dev.oaiproxy.ledger.store.Audit;

/** Has the books proved. */
final class AuditDesk {
    private final Audit audit;

    AuditDesk(Audit audit) {
        this.audit = audit;
    }

    void run(Exchange exchange) {
        exchange.allowParameters();
        Audit.Report report = audit.run();
        exchange.send(
                new AuditReport(
                        report.findings().isEmpty(),
                        report.calls(),
                        report.accounts(),
                        report.charged().toString(),
                        report.findings().stream()
                                .map(f -> new Finding(f.rule(), f.where(), f.expected(), f.found()))
                                .toList()));
    }
}
