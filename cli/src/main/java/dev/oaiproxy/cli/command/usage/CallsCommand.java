package dev.oaiproxy.cli.command.usage;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.client.CallFeed;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.output.CallRows;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.RowStream;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists calls; with a verb, deals with one of them. */
@Command(
        name = "calls",
        description = {
            "List calls, the newest last; in JSON the newest first.",
            "",
            "With --follow each call is told once, when it has ended and its cost is known.",
            ""
        },
        subcommands = {CallsShowCommand.class, CallsAdjustCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy calls --user bob --limit 10",
            "  oaiproxy calls --follow",
            "  oaiproxy calls --state estimated --format csv",
            "  oaiproxy calls --over-hold --limit 20",
            "  oaiproxy calls show ID"
        })
public final class CallsCommand implements Runnable {
    private static final long PAUSE_MILLIS = 1_000;

    @Mixin private final ConnectionOptions connection;
    @Mixin private final CallFilterOptions filter = new CallFilterOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "At most so many; else ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--follow", description = "Go on with newer calls as they end.")
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
        Page<AdminApi.Call> page = connection.client().calls(filter.query(), Math.max(1, limit));
        List<AdminApi.Call> calls = page.data().reversed();
        connection
                .printer()
                .print(
                        filter.overHoldOnly() ? CallRows.aboveHold(calls) : CallRows.table(calls),
                        page);
        if (page.data().isEmpty()) {
            connection.terminal().say("no calls");
        }
    }

    private void follow() {
        if (filter.heldOnly()) {
            throw Failure.usage("--follow tells of calls that ended", "leave out --state held");
        }
        var feed = new CallFeed(connection.client(), filter.query());
        RowStream stream = connection.printer().stream(CallRows.COLUMNS);
        write(stream, feed.first(Math.max(1, limit)));
        while (pause() && !connection.terminal().out().checkError()) {
            write(stream, feed.fresh());
        }
    }

    private static void write(RowStream stream, List<AdminApi.Call> calls) {
        stream.write(calls.stream().map(CallRows::row).toList(), calls);
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
