package dev.oaiproxy.cli.command.key;

import picocli.CommandLine.Command;

/** The noun {@code key}. */
@Command(
        name = "key",
        description = "Create, show and revoke the keys of users.",
        subcommands = {
            KeyCreateCommand.class,
            KeyListCommand.class,
            KeyShowCommand.class,
            KeyRevokeCommand.class
        },
        footer = {
            "  oaiproxy key create --user bob --quota 5",
            "  oaiproxy key list --user bob",
            "  oaiproxy key revoke ID"
        })
public final class KeyCommand {}
