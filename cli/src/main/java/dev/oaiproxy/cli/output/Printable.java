package dev.oaiproxy.cli.output;

/** What can be shown. */
public sealed interface Printable permits Table, PropertyList {}
