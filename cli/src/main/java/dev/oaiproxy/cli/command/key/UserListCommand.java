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
        description = {"List users, their keys and what they spent.", ""},
        footerHeading = "%nExamples:%n",
        footer = {"  oaiproxy user list", "  oaiproxy user list --format csv > users.csv"})
final class UserListCommand implements Runnable {
    private static final List<Column> COLUMNS =
            List.of(
                    Column.text("name"),
                    Column.text("state"),
                    Column.number("keys"),
                    Column.money("spent_usd"),
                    Column.text("created_at"));

    @Mixin private final ConnectionOptions connection;
    @Mixin private final LimitOption limit = new LimitOption();

    UserListCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        Page<AdminApi.User> page = connection.client().users(limit.rows());
        Table table = Table.of(COLUMNS, page.data().stream().map(UserListCommand::row).toList());
        connection.printer().print(table, page);
        limit.tell(connection.terminal(), page, "users");
    }

    private static List<String> row(AdminApi.User user) {
        return Table.row(user.name(), user.state(), user.keys(), user.spentUsd(), user.createdAt());
    }
}
