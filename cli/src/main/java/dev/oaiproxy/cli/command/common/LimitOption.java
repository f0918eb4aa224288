package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.output.Terminal;
import picocli.CommandLine.Option;

/** The option that bounds the length of a list. */
public final class LimitOption {
    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "The most rows to list; default: ${DEFAULT-VALUE}.")
    private int limit;

    public int rows() {
        return Math.max(1, limit);
    }

    /** Tells the person of a list that is empty or goes on. */
    public void tell(Terminal terminal, Page<?> page, String what) {
        if (page.data().isEmpty()) {
            terminal.say("no " + what);
        } else if (page.next() != null) {
            terminal.say("there are more " + what + "; see --limit");
        }
    }
}
