package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.AuditFinding;
import dev.oaiproxy.api.AdminApi.AuditReport;
import dev.oaiproxy.ledger.store.report.Audit;

/** Has the books proved. */
final class AuditHandler {
    private final Audit audit;

    AuditHandler(Audit audit) {
        this.audit = audit;
    }

    void run(AdminRequest adminRequest) {
        adminRequest.allowParameters();
        Audit.Report report = audit.run();
        adminRequest.send(
                new AuditReport(
                        report.findings().isEmpty(),
                        report.calls(),
                        report.accounts(),
                        report.charged().toString(),
                        report.findings().stream()
                                .map(
                                        f ->
                                                new AuditFinding(
                                                        f.rule(),
                                                        f.where(),
                                                        f.expected(),
                                                        f.found()))
                                .toList()));
    }
}
