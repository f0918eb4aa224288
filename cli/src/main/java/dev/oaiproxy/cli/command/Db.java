package dev.oaiproxy.cli.command;

import picocli.CommandLine.Command;

/** The noun {@code db}. */
@Command(
        name = "db",
        description = {"Back up the database, or move it to another one.", ""},
        subcommands = {DbBackup.class, DbCopy.class},
        footerHeading = "%nExamples:%n",
        footer = {"  oaiproxy db backup ledger.db", "  oaiproxy db copy --to ../on-postgresql"})
final class Db extends Noun {}
