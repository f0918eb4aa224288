/**
 * The context of a command and the options that several commands have.
 *
 * <p>{@link CommandContext} is the entry. Nothing here is a command that a user can run.
 */
@NullMarked
package dev.oaiproxy.cli.command.common;

import org.jspecify.annotations.NullMarked;
