package dev.oaiproxy.cli.command;

import picocli.CommandLine.Command;

/** The noun {@code key}. */
@Command(
        name = "key",
        description = {"Create, show and revoke the keys of users.", ""},
        subcommands = {KeyCreate.class, KeyList.class, KeyShow.class, KeyRevoke.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy key create --user bob --quota 5",
            "  oaiproxy key list --user bob",
            "  oaiproxy key revoke ID"
        })
final class Key extends Noun {}
