package dev.oaiproxy.cli.command;

import dev.oaiproxy.cli.completion.Shells;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints a script that completes command lines. */
@Command(
        name = "completion",
        description = {"Print a script that completes command lines in your shell.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(oaiproxy completion bash)                 in ~/.bashrc",
            "  oaiproxy completion zsh > \"$${fpath[1]}/_oaiproxy\"",
            "  oaiproxy completion fish > ~/.config/fish/completions/oaiproxy.fish"
        })
final class Completion implements Runnable {
    /** The shells that there are scripts for. */
    enum Kind {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Shell shell;

    @Parameters(paramLabel = "bash|zsh|fish", description = "Your shell.")
    private Kind kind = Kind.BASH;

    Completion(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void run() {
        var line = Commands.of(shell);
        String script =
                switch (kind) {
                    case BASH -> Shells.bash(line);
                    case ZSH -> Shells.zsh(line);
                    case FISH -> Shells.fish(line);
                };
        shell.screen().out().print(script);
        shell.screen().out().flush();
    }
}
