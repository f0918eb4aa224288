package dev.oaiproxy.cli.output;

/** A result that {@link Printer} can print. */
public sealed interface Printable permits Table, PropertyList {}
