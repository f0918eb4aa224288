package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Terminal;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Asks a person before something that cannot be undone; a script is not asked. */
public final class Confirmation {
    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask on a terminal.")
    private boolean yes;

    /** True where the person said yes beforehand. */
    public boolean given() {
        return yes;
    }

    /**
     * Goes on when nobody has to be asked, or when the person says yes.
     *
     * @param what what will happen
     */
    public void ask(Terminal terminal, String what, String question) {
        if (yes || terminal.prompts().isEmpty()) {
            return;
        }
        terminal.say(what);
        String answer = terminal.prompts().get().line().apply(question + " [y/N]");
        if (!answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
            throw Failure.failed("nothing was changed", "to go on, answer y, or give --yes");
        }
    }
}
