package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.AuditFinding;
import dev.oaiproxy.api.AdminApi.AuditReport;
import dev.oaiproxy.ledger.store.report.Audit;

/** Audits the ledger. */
final class AuditHandler {
    private final Audit audit;

    AuditHandler(Audit audit) {
        this.audit = audit;
    }

    void run(AdminRequest request) {
        request.allowParameters();
        Audit.Report report = audit.run();
        request.send(
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
