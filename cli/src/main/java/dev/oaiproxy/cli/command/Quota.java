package dev.oaiproxy.cli.command;

import picocli.CommandLine.Command;

/** The noun {@code quota}. */
@Command(
        name = "quota",
        description = {"Show and change what may be spent, by key, by user and by everyone.", ""},
        subcommands = {QuotaShow.class, QuotaSet.class, QuotaAdd.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy quota show bob",
            "  oaiproxy quota set bob 10 --period month",
            "  oaiproxy quota add key:ID 5"
        })
final class Quota extends Noun {}
