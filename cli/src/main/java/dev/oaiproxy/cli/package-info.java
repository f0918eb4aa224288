/**
 * The command line, {@code oaiproxy <noun> <verb>}.
 *
 * <p>{@link Main} is the entry, and the only place that turns a failure into text and an exit code.
 * Nothing here may compile against the server: the admin API's records are all that it knows of it,
 * and the programs that it starts are found by name.
 */
@NullMarked
package dev.oaiproxy.cli;

import org.jspecify.annotations.NullMarked;
