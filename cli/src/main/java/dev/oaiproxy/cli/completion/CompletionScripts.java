package dev.oaiproxy.cli.completion;

import picocli.AutoComplete;
import picocli.CommandLine;

/** The scripts, by shell. */
public final class CompletionScripts {
    private static final String NAME = "oaiproxy";

    private CompletionScripts() {}

    public static String bash(CommandLine line) {
        return new BashCompletion(AutoComplete.bash(NAME, line)).script(line.getCommandSpec());
    }

    /** A function file for a folder of zsh's {@code fpath}, named {@code _oaiproxy}. */
    public static String zsh(CommandLine line) {
        return new ZshCompletion(line.getCommandSpec()).script();
    }

    /** A file for fish's {@code completions} folder. */
    public static String fish(CommandLine line) {
        return new FishCompletion(line.getCommandSpec()).script();
    }
}
