package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.Identifiers;
import dev.oaiproxy.cli.output.KeyRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Revokes a key. */
@Command(
        name = "revoke",
        description =
                "Revoke a key: its very next call is refused. What it spent stays on the books.",
        footer = {"  oaiproxy key revoke ID", "  oaiproxy key revoke ID --format json"})
final class KeyRevokeCommand implements Runnable {
    @Mixin private final ConnectionOptions connection;

    @Parameters(paramLabel = "ID", description = "Its public id, as in `key list`.")
    private String id = "";

    KeyRevokeCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        AdminApi.Key key = connection.client().revoke(Identifiers.publicId(id));
        connection.printer().print(KeyRows.card(key), key);
        connection.terminal().say("revoked key " + key.id() + " of " + key.user());
    }
}
