package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.Identifiers;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.KeyRows;
import dev.oaiproxy.cli.output.Table;
import dev.oaiproxy.cli.settings.UsdAmounts;
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
    @Mixin private final QuotaOptions quotaOptions = new QuotaOptions();

    @Parameters(
            index = "0",
            paramLabel = "SCOPE",
            description = "bob or user:bob, key:ID, or everyone.")
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
        AdminApi.Quota quota = connection.client().change(Identifiers.scope(scope), change());
        connection.printer().print(Table.of(KeyRows.QUOTAS, List.of(quota)), quota);
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
