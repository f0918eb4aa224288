package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.output.PersonFormat;
import dev.oaiproxy.cli.output.PropertyList;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the state of the server. */
@Command(
        name = "status",
        description = "Show the state of the server, what it uses, and the total spent.",
        footer = {
            "  oaiproxy status                            of the server on this machine",
            "  oaiproxy status --url http://proxy:5000    of another one",
            "  oaiproxy status --format json | jq .state"
        })
public final class StatusCommand implements Runnable {
    @Mixin private final ConnectionOptions connection;

    StatusCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        AdminApi.Status status = connection.client().status();
        connection.printer().print(shortCard(status), card(status), status);
    }

    /** What a person wants to know; of nodes only where there are several. */
    private PropertyList shortCard(AdminApi.Status status) {
        boolean several = status.nodes().size() > 1;
        PropertyList server =
                PropertyList.of(
                        "state", status.state(),
                        "version", status.version(),
                        "started_at", status.startedAt(),
                        "database", status.database(),
                        "upstream", status.upstream(),
                        "prices", status.priceVersion(),
                        "prices_refused", status.pricesRefused(),
                        "in_flight", status.callsInFlight() + " calls",
                        "keys", status.keys() + " of " + status.users() + " users",
                        "spent", PersonFormat.usd(status.spentUsd()) + " USD",
                        "held", PersonFormat.usd(status.heldUsd()) + " USD",
                        "nodes", several ? status.nodes().size() : "",
                        "nodes_differ", status.nodesDiffer());
        List<PropertyList.Property> lines = new ArrayList<>(server.lines());
        for (AdminApi.Node node : several ? status.nodes() : List.<AdminApi.Node>of()) {
            String words = node.state() + ", " + node.process() + ", " + node.callsHeld();
            String seen = connection.terminal().time(node.seenAt());
            lines.add(
                    new PropertyList.Property(
                            "node_" + node.number(), words + " calls held, seen " + seen));
        }
        return new PropertyList(List.copyOf(lines));
    }

    private static PropertyList card(AdminApi.Status status) {
        PropertyList server =
                PropertyList.of(
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
                        "held_usd", status.heldUsd(),
                        "node", status.node(),
                        "nodes", status.nodes().size(),
                        "nodes_differ", status.nodesDiffer());
        List<PropertyList.Property> lines = new ArrayList<>(server.lines());
        status.nodes().forEach(node -> lines.add(line(node)));
        return new PropertyList(List.copyOf(lines));
    }

    private static PropertyList.Property line(AdminApi.Node node) {
        return new PropertyList.Property(
                "node_" + node.number(),
                "%s, %s, version %s, prices %s, settings %s, seen %s, clock %d ms behind, %d held"
                        .formatted(
                                node.state(),
                                node.process(),
                                node.version(),
                                node.priceVersion(),
                                node.settings(),
                                node.seenAt(),
                                node.clockBehindMs(),
                                node.callsHeld()));
    }
}
