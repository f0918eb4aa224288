/**
 * The commands, one small class each.
 *
 * <p>{@link Commands} puts them together. A command reads its options, asks the client, and hands
 * the answer to the printer; it must not open connections or format money itself.
 */
@NullMarked
package dev.oaiproxy.cli.command;

import org.jspecify.annotations.NullMarked;
