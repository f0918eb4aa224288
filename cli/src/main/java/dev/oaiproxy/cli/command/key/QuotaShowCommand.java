package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.LimitOption;
import dev.oaiproxy.cli.command.common.Names;
import dev.oaiproxy.cli.output.KeyRows;
import dev.oaiproxy.cli.output.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows quotas. */
@Command(
        name = "show",
        description = "Show a quota, or all of them.",
        footer = {
            "  oaiproxy quota show             all",
            "  oaiproxy quota show bob         of the user bob",
            "  oaiproxy quota show everyone    of all users together"
        })
final class QuotaShowCommand implements Runnable {
    @Mixin private final ConnectionOptions connection;
    @Mixin private final LimitOption limit = new LimitOption();

    @Parameters(
            arity = "0..1",
            paramLabel = "SCOPE",
            description = "bob, a key or its id, or everyone.")
    private @Nullable String scope;

    QuotaShowCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        if (scope == null) {
            all(connection.client());
        } else {
            AdminClient client = connection.client();
            AdminApi.Quota quota = new Names(client).scope(scope, client::quota);
            connection.printer().print(Table.of(KeyRows.QUOTAS, List.of(quota)), quota);
        }
    }

    private void all(AdminClient client) {
        Page<AdminApi.Quota> page = client.quotas(limit.rows());
        connection.printer().print(Table.of(KeyRows.QUOTAS, page.data()), page);
        limit.tell(connection.terminal(), page, "quotas");
    }
}
