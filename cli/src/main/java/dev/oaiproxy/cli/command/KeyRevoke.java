package dev.oaiproxy.cli.command;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.output.KeyRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Revokes a key. */
@Command(
        name = "revoke",
        description = {
            "Revoke a key: its very next call is refused. What it spent stays on the books.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {"  oaiproxy key revoke ID", "  oaiproxy key revoke ID --format json"})
final class KeyRevoke implements Runnable {
    @Mixin private final Connection connection;

    @Parameters(paramLabel = "ID", description = "Its public id, as in `key list`.")
    private String id = "";

    KeyRevoke(Shell shell) {
        this.connection = new Connection(shell);
    }

    @Override
    public void run() {
        AdminApi.Key key = connection.client().revoke(Ids.publicId(id));
        connection.printer().print(KeyRows.card(key), key);
        connection.screen().say("revoked key " + key.id() + " of " + key.user());
    }
}
