/**
 * Output of results: a table for a person, tabs for a pipe, JSON or CSV for a program.
 *
 * <p>{@link Printer} is the entry. Data goes to stdout, talk to stderr. Nothing here may round or
 * re-format money, or know where the data came from.
 */
@NullMarked
package dev.oaiproxy.cli.output;

import org.jspecify.annotations.NullMarked;
