package dev.oaiproxy.cli.command.database;

import dev.oaiproxy.api.Databases;
import dev.oaiproxy.api.Databases.Copied;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Terminal;
import java.util.function.Function;

/** What every command that copies databases needs. */
final class DatabaseCopies {
    private final CommandContext context;

    DatabaseCopies(CommandContext context) {
        this.context = context;
    }

    /** Makes a copy by the server's own means. */
    Copied make(Function<Databases, Copied> work) {
        Databases databases = CommandContext.part(context.databases().get());
        try {
            return work.apply(databases);
        } catch (IllegalArgumentException impossible) {
            throw Failure.failed(
                    String.valueOf(impossible.getMessage()), "nothing was changed here");
        }
    }

    /** Says what the books of a copy say; gives the exit code. */
    int tell(Copied copied) {
        String books = "%d calls, %s USD charged".formatted(copied.calls(), copied.chargedUsd());
        terminal().say(copied.from() + " -> " + copied.to() + ": " + books);
        if (copied.waiting() > 0) {
            terminal().say(copied.waiting() + " charges wait in spool/, not in the copy: keep it");
        }
        if (copied.findings() > 0) {
            terminal().say("the books do not balance, here and there: run oaiproxy audit");
        }
        return copied.findings() == 0 ? 0 : 1;
    }

    Terminal terminal() {
        return context.terminal();
    }
}
