package dev.oaiproxy.cli.command.key;

import picocli.CommandLine.Command;

/** The noun {@code user}. */
@Command(
        name = "user",
        description = "Show the people and programs that calls are charged to.",
        subcommands = UserListCommand.class,
        footer = {"  oaiproxy user list", "  oaiproxy user list --format csv > users.csv"})
public final class UserCommand {}
