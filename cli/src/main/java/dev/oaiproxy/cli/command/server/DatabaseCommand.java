package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.api.OfflineTools;
import dev.oaiproxy.api.OfflineTools.CopyResult;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.output.Terminal;
import java.util.function.Function;
import picocli.CommandLine.Command;

/** The noun {@code db}. */
@Command(
        name = "db",
        description = "Back up the database, or move it to another one.",
        subcommands = {DatabaseBackupCommand.class, DatabaseCopyCommand.class},
        footer = {"  oaiproxy db backup ledger.db", "  oaiproxy db copy --to ../on-postgresql"})
public final class DatabaseCommand {
    /** Makes a copy and says what its audit found; returns the exit code. */
    static int copy(CommandContext context, Function<OfflineTools, CopyResult> work) {
        CopyResult copied = context.work(work, "nothing was changed here");
        Terminal terminal = context.terminal();
        String books = "%d calls, %s USD charged".formatted(copied.calls(), copied.chargedUsd());
        terminal.say(copied.from() + " -> " + copied.to() + ": " + books);
        if (copied.waiting() > 0) {
            terminal.say(
                    copied.waiting()
                            + " charges wait in spool/ and are not in the copy; keep spool/");
        }
        if (copied.findings() > 0) {
            terminal.say(
                    "the books do not balance, neither here nor in the copy; run oaiproxy audit");
        }
        return copied.findings() == 0 ? 0 : 1;
    }
}
