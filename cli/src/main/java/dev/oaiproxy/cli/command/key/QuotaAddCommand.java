package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.Names;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Failure.FailureKind;
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
            description = "bob, a key or its id, or everyone.")
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
        AdminClient client = connection.client();
        var limits = new TighterLimits(client, usd);
        AdminApi.Quota quota =
                new Names(client).scope(scope, found -> added(client, limits, found, change));
        connection.printer().print(Table.of(KeyRows.QUOTAS, List.of(quota)), quota);
        limits.notes(quota).forEach(connection.terminal()::say);
    }

    private static AdminApi.Quota added(
            AdminClient client, TighterLimits limits, String found, AdminApi.QuotaChange change) {
        try {
            return client.change(found, change);
        } catch (Failure failure) {
            if (failure.kind() != FailureKind.USAGE) {
                throw failure;
            }
            AdminApi.Quota quota = client.quota(found);
            throw quota.limitUsd() == null ? limits.nothingToAddTo(quota) : failure;
        }
    }
}
