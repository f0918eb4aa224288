package dev.oaiproxy.cli.command.usage;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.output.CallRows;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Table;
import dev.oaiproxy.cli.settings.UsdAmounts;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Corrects the cost of a call. */
@Command(
        name = "adjust",
        description =
                "Correct the cost of a call by a new, signed row with a reason; no row is"
                        + " changed.",
        footer = {
            "  oaiproxy calls adjust ID --usd -0.12 --why 'held too much, OpenAI billed less'",
            "  oaiproxy calls adjust ID --usd 0.05 --why 'tool fee found on the invoice'"
        })
final class CallsAdjustCommand implements Runnable {
    @Mixin private final ConnectionOptions connection;

    @Parameters(paramLabel = "ID", description = "The call, as in `calls`.")
    private String id = "";

    @Option(
            names = "--usd",
            required = true,
            paramLabel = "AMOUNT",
            description = "The amount to add to its cost; negative to give back.")
    private String usd = "";

    @Option(
            names = "--why",
            required = true,
            paramLabel = "TEXT",
            description = "The reason, kept on the row.")
    private String why = "";

    CallsAdjustCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        String amount = UsdAmounts.signed(usd);
        if (why.isBlank()) {
            throw Failure.usage(
                    "--why is empty", "give the reason; it is kept with the correction");
        }
        AdminApi.Call row = connection.client().adjust(id, new AdminApi.Adjustment(amount, why));
        connection.printer().print(Table.of(CallRows.COLUMNS, List.of(row)), row);
    }
}
