package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.LimitOption;
import dev.oaiproxy.cli.output.Column;
import dev.oaiproxy.cli.output.Table;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists users. */
@Command(
        name = "list",
        description = "List users, their keys and what they spent.",
        footer = {"  oaiproxy user list", "  oaiproxy user list --format csv > users.csv"})
final class UserListCommand implements Runnable {
    private static final List<Column<AdminApi.User>> COLUMNS =
            List.of(
                    Column.text("name", AdminApi.User::name).shrinks(12),
                    Column.text("state", AdminApi.User::state),
                    Column.number("keys", AdminApi.User::keys),
                    Column.money("spent_usd", AdminApi.User::spentUsd),
                    Column.time("created_at", AdminApi.User::createdAt));

    @Mixin private final ConnectionOptions connection;
    @Mixin private final LimitOption limit = new LimitOption();

    UserListCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        Page<AdminApi.User> page = connection.client().users(limit.rows());
        connection.printer().print(Table.of(COLUMNS, page.data()), page);
        limit.tell(connection.terminal(), page, "users");
    }
}
