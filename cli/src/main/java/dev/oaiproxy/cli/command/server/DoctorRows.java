package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import dev.oaiproxy.api.OfflineTools.CheckResult;
import dev.oaiproxy.cli.output.Column;
import dev.oaiproxy.cli.output.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Check results of {@code oaiproxy doctor} as rows. */
final class DoctorRows {
    private static final String OK = "ok";
    private static final String WARN = "warn";
    private static final String FAIL = "FAIL";

    private static final List<Column<Row>> COLUMNS =
            List.of(
                    Column.text("state", Row::state),
                    Column.text("check", Row::check),
                    Column.prose("found", DoctorRows::foundAndAdvice));

    private final List<Row> rows;

    /** A finding in JSON. */
    public record Row(String state, String check, String found, @Nullable String advice) {}

    private static String foundAndAdvice(Row row) {
        return row.advice() == null ? row.found() : row.found() + "; " + row.advice();
    }

    public DoctorRows(List<CheckResult> findings) {
        this.rows = findings.stream().map(DoctorRows::row).toList();
    }

    /** The rows with the advice behind the finding. */
    public Table table() {
        return Table.of(COLUMNS, rows);
    }

    public List<Row> json() {
        return rows;
    }

    /** The outcome in one sentence. */
    public String words() {
        long warned = count(WARN);
        return failed() == 0
                ? "no check failed; %d of %d gave a warning".formatted(warned, rows.size())
                : "%d of %d checks FAILED, and %d gave a warning"
                        .formatted(failed(), rows.size(), warned);
    }

    public long failed() {
        return count(FAIL);
    }

    private long count(String state) {
        return rows.stream().filter(row -> row.state().equals(state)).count();
    }

    private static Row row(CheckResult finding) {
        String check = finding.check();
        return switch (finding.outcome()) {
            case CheckOutcome.Ok ok -> new Row(OK, check, ok.found(), null);
            case CheckOutcome.Warn warn -> new Row(WARN, check, warn.found(), warn.advice());
            case CheckOutcome.Fail fail -> new Row(FAIL, check, fail.found(), fail.advice());
        };
    }
}
