/**
 * Scripts that complete command lines in a shell, made from the model of the commands.
 *
 * <p>{@link CompletionScripts} is the entry. The scripts must never ask a server: they know words,
 * not keys.
 */
@NullMarked
package dev.oaiproxy.cli.completion;

import org.jspecify.annotations.NullMarked;
