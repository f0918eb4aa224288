package dev.oaiproxy.cli.command;

import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.completion.CompletionScripts;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints a script that completes command lines. */
@Command(
        name = "completion",
        description = "Print a script that completes command lines in your shell.",
        footer = {
            "  source <(oaiproxy completion bash)                 in ~/.bashrc",
            "  oaiproxy completion zsh > \"$${fpath[1]}/_oaiproxy\"",
            "  oaiproxy completion fish > ~/.config/fish/completions/oaiproxy.fish"
        })
final class CompletionCommand implements Runnable {
    enum SupportedShell {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final CommandContext context;

    @Parameters(paramLabel = "bash|zsh|fish", description = "Your shell.")
    private SupportedShell shell = SupportedShell.BASH;

    CompletionCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        var line = Commands.of(context);
        String script =
                switch (shell) {
                    case BASH -> CompletionScripts.bash(line);
                    case ZSH -> CompletionScripts.zsh(line);
                    case FISH -> CompletionScripts.fish(line);
                };
        context.terminal().out().print(script);
        context.terminal().out().flush();
    }
}
