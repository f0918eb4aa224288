package dev.oaiproxy.cli.command;

import dev.oaiproxy.cli.command.common.CommandContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command without a noun. */
@Command(
        name = "oaiproxy",
        header =
                "A proxy in front of the OpenAI API: one account, many keys, a hard quota"
                        + " for each.",
        description = {
            "",
            "Everyone gets a key with a quota in US dollars; every call is metered at OpenAI's"
                    + " prices; nobody can spend past a quota."
        },
        versionProvider = VersionCommand.class,
        footer = {
            "  oaiproxy demo                              see it work, without an OpenAI key",
            "  oaiproxy setup                             ask for the settings, and write .env",
            "  oaiproxy serve                             start the server on port 5000",
            "  oaiproxy key create --user bob --quota 5   a key for bob, worth 5 USD",
            "  oaiproxy usage --since 7d --by user,model  who spent what",
            "",
            "`oaiproxy COMMAND --help` shows more. Exit codes: 0 ok, 1 failed, 2 usage, 4 not"
                    + " authorised."
        })
final class RootCommand implements Runnable {
    private final CommandContext context;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("UnusedVariable")
    private boolean version;

    RootCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        CommandLine line = spec.commandLine();
        line.usage(context.terminal().out(), line.getColorScheme());
    }
}
