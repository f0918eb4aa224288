package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.Names;
import dev.oaiproxy.cli.output.KeyRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows one key. */
@Command(
        name = "show",
        description = "Show a key and its quota; never its secret.",
        footer = {"  oaiproxy key show ID", "  oaiproxy key show ID --format json"})
final class KeyShowCommand implements Runnable {
    @Mixin private final ConnectionOptions connection;

    @Parameters(paramLabel = "KEY", description = "Its public id, as in `key list`, or the key.")
    private String id = "";

    KeyShowCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        AdminApi.Key key = new Names(connection.client()).key(id);
        connection.printer().print(KeyRows.card(key), key);
    }
}
