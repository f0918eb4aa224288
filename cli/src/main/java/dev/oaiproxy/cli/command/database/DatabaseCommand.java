package dev.oaiproxy.cli.command.database;

import picocli.CommandLine.Command;

/** The noun {@code db}. */
@Command(
        name = "db",
        description = {"Back up the database, or move it to another one.", ""},
        subcommands = {DatabaseBackupCommand.class, DatabaseCopyCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {"  oaiproxy db backup ledger.db", "  oaiproxy db copy --to ../on-postgresql"})
public final class DatabaseCommand {}
