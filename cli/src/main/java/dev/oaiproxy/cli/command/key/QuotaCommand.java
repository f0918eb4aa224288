package dev.oaiproxy.cli.command.key;

import picocli.CommandLine.Command;

/** The noun {@code quota}. */
@Command(
        name = "quota",
        description = "Show and change what may be spent, by key, by user and by everyone.",
        subcommands = {QuotaShowCommand.class, QuotaSetCommand.class, QuotaAddCommand.class},
        footer = {
            "  oaiproxy quota show bob",
            "  oaiproxy quota set bob 10 --period month",
            "  oaiproxy quota add key:ID 5"
        })
public final class QuotaCommand {}
