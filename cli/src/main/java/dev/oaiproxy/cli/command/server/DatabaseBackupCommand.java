package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.cli.command.common.CommandContext;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies the file of SQLite. */
@Command(
        name = "backup",
        description = {
            "Copy the SQLite database of this installation into a new file, as of one moment,"
                    + " and audit the copy.",
            "",
            "The server may keep running. To restore: stop the server, remove proxy_api.db-wal"
                    + " and proxy_api.db-shm, and replace proxy_api.db with the backup."
        },
        footer = {
            "  oaiproxy db backup ledger.db",
            "  oaiproxy db backup /backups/ledger-$(date +%%F).db"
        })
final class DatabaseBackupCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "FILE", description = "The backup file; it must not exist yet.")
    private Path file = Path.of("");

    DatabaseBackupCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        return DatabaseCommand.copy(context, tools -> tools.backUp(file));
    }
}
