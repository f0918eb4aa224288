package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.LimitOption;
import dev.oaiproxy.cli.command.common.RowOrder;
import dev.oaiproxy.cli.output.Column;
import dev.oaiproxy.cli.output.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists users. */
@Command(
        name = "list",
        description = "List users, their keys, what they spent, and what is left of their quotas.",
        footer = {
            "  oaiproxy user list",
            "  oaiproxy user list --sort spent      who spent most first",
            "  oaiproxy user list --format csv > users.csv"
        })
final class UserListCommand implements Runnable {
    private static final List<Column<Line>> COLUMNS =
            List.of(
                    Column.<Line>text("name", line -> line.user().name()).shrinks(12),
                    Column.<Line>text("state", line -> line.user().state()).rank(2),
                    Column.<Line>number("keys", line -> line.user().keys()).rank(1),
                    Column.<Line>money("spent_usd", line -> line.user().spentUsd()),
                    Column.<Line>time("created_at", line -> line.user().createdAt()).rank(4),
                    Column.<Line>money("limit_usd", line -> line.quota().limitUsd()).rank(1),
                    Column.<Line>text("period", line -> line.quota().period()).rank(3),
                    Column.<Line>money("remaining_usd", line -> line.quota().remainingUsd())
                            .titled("LEFT USD")
                            .rank(1));

    /** A user, and the quota of the user. */
    private record Line(AdminApi.User user, AdminApi.Quota quota) {}

    @Mixin private final ConnectionOptions connection;
    @Mixin private final LimitOption limit = new LimitOption();
    @Mixin private final RowOrder order = new RowOrder();

    UserListCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        AdminClient client = connection.client();
        Page<AdminApi.User> found = client.users(limit.rows());
        List<Line> lines = order.sorted(lines(client, found.data()), Line::quota);
        var page = new Page<>(lines.stream().map(Line::user).toList(), found.next());
        connection.printer().print(Table.of(COLUMNS, lines), page);
        limit.tell(connection.terminal(), page, "users");
    }

    private static List<Line> lines(AdminClient client, List<AdminApi.User> users) {
        if (users.isEmpty()) {
            return List.of();
        }
        Map<String, AdminApi.Quota> quotas = new HashMap<>();
        client.quotas(Integer.MAX_VALUE)
                .data()
                .forEach(quota -> quotas.putIfAbsent(quota.scope(), quota));
        return users.stream()
                .map(user -> new Line(user, quotas.getOrDefault("user:" + user.name(), none(user))))
                .toList();
    }

    private static AdminApi.Quota none(AdminApi.User user) {
        return new AdminApi.Quota(
                "",
                null,
                "",
                user.spentUsd(),
                "0.00",
                null,
                null,
                null,
                null,
                null,
                List.of(),
                null,
                null);
    }
}
