package dev.oaiproxy.cli.command.usage;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.CallFeed;
import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.output.CallRows;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.RowStream;
import dev.oaiproxy.cli.output.Table;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists calls; with a verb, deals with one of them. */
@Command(
        name = "calls",
        description = {
            "List calls, the newest last; in JSON the newest first.",
            "",
            "With --follow each call is printed once, when it has ended and its cost is known."
        },
        subcommands = {CallsShowCommand.class, CallsAdjustCommand.class},
        footer = {
            "  oaiproxy calls --user bob --limit 10",
            "  oaiproxy calls --follow",
            "  oaiproxy calls --state estimated --format csv",
            "  oaiproxy calls --over-hold --limit 20",
            "  oaiproxy calls show ID"
        })
public final class CallsCommand implements Runnable {
    private static final long PAUSE_MILLIS = 1_000;

    enum CallState {
        HELD,
        CHARGED,
        RELEASED,
        ESTIMATED,
        ADJUSTED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Mixin private final ConnectionOptions connection;
    @Mixin private final CallFilterOptions filter = new CallFilterOptions();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "One state only: ${COMPLETION-CANDIDATES}.")
    private @Nullable CallState state;

    @Option(
            names = "--over-hold",
            description = "Only calls that were charged more than was held for them.")
    private boolean overHold;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "The most rows to list; default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--follow", description = "Keep printing newer calls as they end.")
    private boolean follow;

    CallsCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        if (follow) {
            follow();
        } else {
            list();
        }
    }

    private void list() {
        AdminClient client = connection.client();
        Page<AdminApi.Call> page = client.calls(query(), Math.max(1, limit));
        if (page.data().isEmpty()) {
            filter.requireKnown(client);
        }
        var columns = overHold ? CallRows.HOLDS : CallRows.COLUMNS;
        connection.printer().print(Table.of(columns, page.data().reversed()), page);
        if (page.data().isEmpty()) {
            connection.terminal().say("no calls");
        }
    }

    private void follow() {
        if (state == CallState.HELD) {
            throw Failure.usage("--follow prints calls that have ended", "leave out --state held");
        }
        var feed = new CallFeed(connection.client(), query());
        RowStream<AdminApi.Call> stream = connection.printer().stream(CallRows.COLUMNS);
        stream.write(feed.first(Math.max(1, limit)));
        while (pause() && !connection.terminal().out().checkError()) {
            stream.write(feed.fresh());
        }
    }

    private Query query() {
        return filter.addTo(Query.none())
                .with("state", state)
                .with("over_hold", overHold ? true : null);
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
