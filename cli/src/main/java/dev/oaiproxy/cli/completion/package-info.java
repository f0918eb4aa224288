/**
 * Scripts that complete command lines in a shell, made from the model of the commands.
 *
 * <p>{@link CompletionScripts} is the entry. Names that only a server knows they get by {@code
 * oaiproxy complete}, when a person asks for them.
 */
@NullMarked
package dev.oaiproxy.cli.completion;

import org.jspecify.annotations.NullMarked;
