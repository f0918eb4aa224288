/**
 * All commands put together, with one package for each group of them.
 *
 * <p>{@link Commands} is the entry, {@link RootCommand} lists the commands. A command reads its
 * options, calls the client and hands the answer to the printer; it must not open connections or
 * format money itself.
 */
@NullMarked
package dev.oaiproxy.cli.command;

import org.jspecify.annotations.NullMarked;
