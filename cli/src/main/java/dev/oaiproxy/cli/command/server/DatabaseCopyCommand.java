package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.api.OfflineTools.CopyProgress;
import dev.oaiproxy.cli.command.common.CommandContext;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Moves an installation to another database. */
@Command(
        name = "copy",
        description = {
            "Copy the database of this installation into the empty database of another one, and"
                    + " prove that both are the same.",
            "",
            "The other installation is a folder whose .env names its database, as setup writes it."
                    + " Stop both servers first. This database is not changed. An interrupted copy"
                    + " can be repeated."
        },
        footer = {
            "  mkdir ../on-postgresql",
            "  cp .env ../on-postgresql/    and in it: DB_TYPE=postgresql, DB_HOST, DB_NAME,"
                    + " DB_USERNAME, DB_PASSWORD",
            "  oaiproxy db copy --to ../on-postgresql",
            "  OAIPROXY_HOME=../on-postgresql oaiproxy serve"
        })
final class DatabaseCopyCommand implements Callable<Integer> {
    private final CommandContext context;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FOLDER",
            description = "The folder of the other installation, its OAIPROXY_HOME.")
    private Path home = Path.of("");

    DatabaseCopyCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        return DatabaseCommand.copy(context, tools -> tools.copy(home, this::tell));
    }

    private void tell(CopyProgress progress) {
        context.terminal()
                .say(
                        "%s: %d of %d rows"
                                .formatted(progress.table(), progress.rows(), progress.all()));
    }
}
