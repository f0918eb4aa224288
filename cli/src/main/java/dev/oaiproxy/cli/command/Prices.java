package dev.oaiproxy.cli.command;

import picocli.CommandLine.Command;

/** The noun {@code prices}. */
@Command(
        name = "prices",
        description = {"Show the price book that calls are charged by.", ""},
        subcommands = {PricesList.class, PricesShow.class},
        footerHeading = "%nExamples:%n",
        footer = {"  oaiproxy prices list", "  oaiproxy prices show gpt-4o-mini"})
final class Prices extends Noun {}
