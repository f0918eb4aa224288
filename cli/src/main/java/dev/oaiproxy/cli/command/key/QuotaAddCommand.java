package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.Identifiers;
import dev.oaiproxy.cli.output.KeyRows;
import dev.oaiproxy.cli.output.Table;
import dev.oaiproxy.cli.settings.UsdAmounts;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Adds to a quota. */
@Command(
        name = "add",
        description = "Add to a quota's limit, or take from it.",
        footer = {
            "  oaiproxy quota add bob 5        five dollars more for the user bob",
            "  oaiproxy quota add key:ID -2    two dollars less for one key"
        })
final class QuotaAddCommand implements Runnable {
    @Mixin private final ConnectionOptions connection;

    @Parameters(
            index = "0",
            paramLabel = "SCOPE",
            description = "bob or user:bob, key:ID, or everyone.")
    private String scope = "";

    @Parameters(index = "1", paramLabel = "USD", description = "The amount; may be negative.")
    private String amount = "";

    QuotaAddCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        String usd = UsdAmounts.signed(amount);
        var change = new AdminApi.QuotaChange(null, usd, null, null, null, null);
        AdminApi.Quota quota = connection.client().change(Identifiers.scope(scope), change);
        connection.printer().print(Table.of(KeyRows.QUOTAS, List.of(quota)), quota);
    }
}
