package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.Confirmation;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.Names;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.KeyRows;
import dev.oaiproxy.cli.output.Table;
import dev.oaiproxy.cli.settings.UsdAmounts;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Sets a quota. */
@Command(
        name = "set",
        description = "Set a quota, its period or its rates. It applies from the next call on.",
        footer = {
            "  oaiproxy quota set bob 10 --period month",
            "  oaiproxy quota set key:ID none",
            "  oaiproxy quota set everyone 500",
            "  oaiproxy quota set bob --rpm 60"
        })
final class QuotaSetCommand implements Runnable {
    @Mixin private final ConnectionOptions connection;
    @Mixin private final Confirmation confirmation = new Confirmation();
    @Mixin private final QuotaOptions quotaOptions = new QuotaOptions();

    @Parameters(
            index = "0",
            paramLabel = "SCOPE",
            description = "bob, a key or its id, or everyone.")
    private String scope = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "USD",
            description = "The limit, or none.")
    private @Nullable String limit;

    QuotaSetCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        if (limit == null && quotaOptions.empty()) {
            throw Failure.usage("there is nothing to set", "give an amount, --period or a rate");
        }
        AdminClient client = connection.client();
        askBeforeClosing(client);
        AdminApi.Quota quota =
                new Names(client).scope(scope, found -> client.change(found, change()));
        connection.printer().print(Table.of(KeyRows.QUOTAS, List.of(quota)), quota);
        if (limit != null) {
            new TighterLimits(client, limit).notes(quota).forEach(connection.terminal()::say);
        }
    }

    /** A limit below what is spent refuses every further call, which a person may not mean. */
    private void askBeforeClosing(AdminClient client) {
        boolean amount = limit != null && !UsdAmounts.limit(limit).equals("none");
        if (!amount || connection.terminal().prompts().isEmpty()) {
            return;
        }
        AdminApi.Quota before = new Names(client).scope(scope, client::quota);
        BigDecimal spent = new BigDecimal(before.spentUsd());
        if (spent.compareTo(new BigDecimal(limit)) >= 0) {
            confirmation.ask(
                    connection.terminal(),
                    before.scope() + ": " + KeyRows.words(before),
                    "A limit of " + limit + " USD refuses every further call. Set it?");
        }
    }

    private AdminApi.QuotaChange change() {
        return new AdminApi.QuotaChange(
                limit == null ? null : UsdAmounts.limit(limit),
                null,
                quotaOptions.period(),
                quotaOptions.rpm(),
                quotaOptions.tpm(),
                quotaOptions.parallel());
    }
}
