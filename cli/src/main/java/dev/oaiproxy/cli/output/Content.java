package dev.oaiproxy.cli.output;

/** What can be shown. */
public sealed interface Content permits Table, Card {}
