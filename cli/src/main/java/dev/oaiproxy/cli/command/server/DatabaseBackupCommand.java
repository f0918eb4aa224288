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
            "Copy the SQLite database of the installation here into a new file, as of one moment,"
                    + " and prove the books of the copy.",
            "",
            "The server may go on meanwhile. To restore: stop the server, remove proxy_api.db-wal"
                    + " and proxy_api.db-shm, and put the file in the place of proxy_api.db."
        },
        footer = {
            "  oaiproxy db backup ledger.db",
            "  oaiproxy db backup /backups/ledger-$(date +%%F).db"
        })
final class DatabaseBackupCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "FILE", description = "The file to make; it must not be there yet.")
    private Path file = Path.of("");

    DatabaseBackupCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        return DatabaseCommand.copy(context, tools -> tools.backUp(file));
    }
}
