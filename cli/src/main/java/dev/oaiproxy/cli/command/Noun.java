package dev.oaiproxy.cli.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that needs a verb after it. */
sealed class Noun implements Runnable permits Key, User, Quota, Prices, Db {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        String verbs = String.join("|", spec.subcommands().keySet());
        throw new ParameterException(
                spec.commandLine(), spec.qualifiedName() + " needs a verb: " + verbs);
    }
}
