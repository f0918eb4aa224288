package dev.oaiproxy.cli.command.price;

import picocli.CommandLine.Command;

/** The noun {@code prices}. */
@Command(
        name = "prices",
        description = "Show the price book that calls are charged by, and work on price books.",
        subcommands = {
            PricesListCommand.class,
            PricesShowCommand.class,
            PricesCheckCommand.class,
            PricesDiffCommand.class,
            PricesImportCommand.class
        },
        footer = {
            "  oaiproxy prices list",
            "  oaiproxy prices show gpt-6-luna",
            "  oaiproxy prices check config/prices.yaml"
        })
public final class PricesCommand {
    static final String UNUSABLE = "correct the file; the comment at its top describes the format";
}
