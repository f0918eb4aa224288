package dev.oaiproxy.cli.command;

import picocli.CommandLine.Command;

/** The noun {@code prices}. */
@Command(
        name = "prices",
        description = {
            "Show the price book that calls are charged by, and work on price books.",
            ""
        },
        subcommands = {
            PricesList.class,
            PricesShow.class,
            PricesCheck.class,
            PricesDiff.class,
            PricesImport.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy prices list",
            "  oaiproxy prices show gpt-6-luna",
            "  oaiproxy prices check config/prices.yaml"
        })
final class Prices extends Noun {}
