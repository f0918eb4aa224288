package dev.oaiproxy.cli.command;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.output.KeyRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows one key. */
@Command(
        name = "show",
        description = {"Show a key and its quota; never its secret.", ""},
        footerHeading = "%nExamples:%n",
        footer = {"  oaiproxy key show ID", "  oaiproxy key show ID --format json"})
final class KeyShow implements Runnable {
    @Mixin private final Connection connection;

    @Parameters(paramLabel = "ID", description = "Its public id, as in `key list`.")
    private String id = "";

    KeyShow(Shell shell) {
        this.connection = new Connection(shell);
    }

    @Override
    public void run() {
        AdminApi.Key key = connection.client().key(Ids.publicId(id));
        connection.printer().print(KeyRows.card(key), key);
    }
}
