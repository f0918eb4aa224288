package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.cli.output.Terminal;

/** What is allowed, but should not become a habit. */
public final class Warnings {
    private Warnings() {}

    public static void secretOnCommandLine(Terminal terminal, String variable) {
        terminal.say(
                "warning: a secret on the command line shows in process lists and shell history;"
                        + " better set "
                        + variable);
    }
}
