/**
 * {@code oaiproxy key}, {@code user} and {@code quota}: keys, their users, and what both may spend.
 *
 * <p>{@link KeyCommand}, {@link UserCommand} and {@link QuotaCommand} are the entries. A secret is
 * printed once, alone on stdout, and must never reach a message.
 */
@NullMarked
package dev.oaiproxy.cli.command.key;

import org.jspecify.annotations.NullMarked;
