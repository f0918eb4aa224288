/**
 * Output of results: a table for a person, tabs for a pipe, JSON or CSV for a program.
 *
 * <p>{@link Printer} is the entry. Data goes to stdout, talk to stderr. Money is rounded for people
 * at a terminal only ({@link PersonFormat}). Nothing here may know where the data came from.
 */
@NullMarked
package dev.oaiproxy.cli.output;

import org.jspecify.annotations.NullMarked;
