package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.LimitOption;
import dev.oaiproxy.cli.command.common.Names;
import dev.oaiproxy.cli.command.common.RowOrder;
import dev.oaiproxy.cli.output.KeyRows;
import dev.oaiproxy.cli.output.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists keys. */
@Command(
        name = "list",
        description = "List keys and what is left of their quotas.",
        footer = {
            "  oaiproxy key list                    the keys that work",
            "  oaiproxy key list --user bob --all   bob's, revoked ones too",
            "  oaiproxy key list --sort left        who has the least left first",
            "  oaiproxy key list | cut -f1          their ids only"
        })
final class KeyListCommand implements Runnable {
    @Mixin private final ConnectionOptions connection;
    @Mixin private final LimitOption limit = new LimitOption();

    @Mixin private final RowOrder order = new RowOrder();

    @Option(names = "--user", paramLabel = "USER", description = "The keys of one user only.")
    private @Nullable String user;

    @Option(names = "--all", description = "Revoked keys too.")
    private boolean all;

    KeyListCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        Query query = Query.none().with("user", user).with("all", all ? "true" : null);
        AdminClient client = connection.client();
        Page<AdminApi.Key> found = client.keys(query, limit.rows());
        if (found.data().isEmpty() && user != null) {
            new Names(client).requireUser(user);
        }
        var page = new Page<>(order.sorted(found.data(), AdminApi.Key::quota), found.next());
        connection.printer().print(Table.of(KeyRows.KEYS, page.data()), page);
        limit.tell(connection.terminal(), page, "keys");
    }
}
