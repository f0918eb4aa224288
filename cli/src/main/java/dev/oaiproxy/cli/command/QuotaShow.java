package dev.oaiproxy.cli.command;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.output.KeyRows;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows quotas. */
@Command(
        name = "show",
        description = {"Show a quota, or all of them.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy quota show             all",
            "  oaiproxy quota show bob         of the user bob",
            "  oaiproxy quota show everyone    of all users together"
        })
final class QuotaShow implements Runnable {
    @Mixin private final Connection connection;
    @Mixin private final Limit limit = new Limit();

    @Parameters(
            arity = "0..1",
            paramLabel = "SCOPE",
            description = "bob or user:bob, key:ID, or everyone.")
    private @Nullable String scope;

    QuotaShow(Shell shell) {
        this.connection = new Connection(shell);
    }

    @Override
    public void run() {
        if (scope == null) {
            all(connection.client());
        } else {
            AdminApi.Quota quota = connection.client().quota(Ids.scope(scope));
            connection.printer().print(KeyRows.quotas(List.of(quota)), quota);
        }
    }

    private void all(AdminClient client) {
        Page<AdminApi.Quota> page = client.quotas(limit.rows());
        connection.printer().print(KeyRows.quotas(page.data()), page);
        limit.tell(connection.screen(), page, "quotas");
    }
}
