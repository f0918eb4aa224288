/**
 * {@code oaiproxy key} and {@code oaiproxy user}: the keys and the users that pay for calls.
 *
 * <p>{@link KeyCommand} and {@link UserCommand} are the entries. A secret is printed once, alone on
 * stdout, and must never reach a message.
 */
@NullMarked
package dev.oaiproxy.cli.command.key;

import org.jspecify.annotations.NullMarked;
