/**
 * Reports: {@code oaiproxy usage}, {@code calls}, {@code audit} and {@code trail}.
 *
 * <p>{@link UsageCommand} and {@link CallsCommand} are the entries. The server does the sums;
 * nothing here may add up money.
 */
@NullMarked
package dev.oaiproxy.cli.command.usage;

import org.jspecify.annotations.NullMarked;
