package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.Confirmation;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.Names;
import dev.oaiproxy.cli.output.KeyRows;
import dev.oaiproxy.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Revokes keys. */
@Command(
        name = "revoke",
        description = {
            "Revoke keys: their very next call is refused. What they spent stays on the books.",
            "",
            "It cannot be undone, so a terminal asks first. Nothing is revoked unless all of the"
                    + " keys exist."
        },
        footer = {
            "  oaiproxy key revoke ID",
            "  oaiproxy key revoke ID ID ID --yes",
            "  oaiproxy key revoke ID --format json"
        })
final class KeyRevokeCommand implements Runnable {
    private static final String REVOKED = "revoked";

    @Mixin private final ConnectionOptions connection;
    @Mixin private final Confirmation confirmation = new Confirmation();

    @Parameters(
            arity = "1..*",
            paramLabel = "KEY",
            description = "Their public ids, as in `key list`, or the keys themselves.")
    private List<String> ids = List.of();

    KeyRevokeCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        AdminClient client = connection.client();
        List<AdminApi.Key> keys = ids.stream().map(new Names(client)::key).distinct().toList();
        String each = keys.size() == 1 ? "this key" : "these " + keys.size() + " keys";
        confirmation.ask(
                connection.terminal(),
                keys.stream().map(KeyRevokeCommand::words).collect(Collectors.joining("\n")),
                "Revoke " + each + " for good?");
        List<AdminApi.Key> revoked = new ArrayList<>();
        for (AdminApi.Key key : keys) {
            revoked.add(client.revoke(key.id()));
            String owner = "key " + key.id() + " of " + key.user();
            connection
                    .terminal()
                    .say(
                            key.state().equals(REVOKED)
                                    ? owner + " was revoked before"
                                    : "revoked " + owner);
        }
        print(revoked);
    }

    /** On a terminal the lines above have said it. */
    private void print(List<AdminApi.Key> revoked) {
        if (connection.printer().asTable()) {
            return;
        }
        AdminApi.Key first = revoked.getFirst();
        if (revoked.size() == 1) {
            connection.printer().print(KeyRows.card(first), first);
        } else {
            connection.printer().print(Table.of(KeyRows.KEYS, revoked), new Page<>(revoked, null));
        }
    }

    private static String words(AdminApi.Key key) {
        String label = key.name() == null ? "" : " (" + key.name() + ")";
        return "key " + key.id() + " of " + key.user() + label + ", " + KeyRows.words(key.quota());
    }
}
