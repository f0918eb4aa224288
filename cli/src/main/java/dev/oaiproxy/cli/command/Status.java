package dev.oaiproxy.cli.command;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.output.Card;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tells how the server is. */
@Command(
        name = "status",
        description = {"Show how the server is, what it uses, and what was spent in all.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy status                            of the server on this machine",
            "  oaiproxy status --url http://proxy:5000    of another one",
            "  oaiproxy status --format json | jq .state"
        })
final class Status implements Runnable {
    @Mixin private final Connection connection;

    Status(Shell shell) {
        this.connection = new Connection(shell);
    }

    @Override
    public void run() {
        AdminApi.Status status = connection.client().status();
        connection.printer().print(card(status), status);
    }

    private static Card card(AdminApi.Status status) {
        return Card.of(
                "version", status.version(),
                "state", status.state(),
                "started_at", status.startedAt(),
                "database", status.database(),
                "upstream", status.upstream(),
                "price_version", status.priceVersion(),
                "prices_refused", status.pricesRefused(),
                "calls_in_flight", status.callsInFlight(),
                "keys", status.keys(),
                "users", status.users(),
                "spent_usd", status.spentUsd(),
                "held_usd", status.heldUsd());
    }
}
