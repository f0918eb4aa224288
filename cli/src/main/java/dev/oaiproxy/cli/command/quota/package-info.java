/**
 * {@code oaiproxy quota}: the limits of keys, of users and of everyone together.
 *
 * <p>{@link QuotaCommand} is the entry. Amounts stay decimal strings; nothing here calculates with
 * money.
 */
@NullMarked
package dev.oaiproxy.cli.command.quota;

import org.jspecify.annotations.NullMarked;
