/**
 * {@code oaiproxy setup}: the first settings of a server, written to {@code .env}.
 *
 * <p>{@link SetupCommand} is the entry. Secrets must never reach a message, except for a generated
 * password, which is printed once.
 */
@NullMarked
package dev.oaiproxy.cli.command.setup;

import org.jspecify.annotations.NullMarked;
