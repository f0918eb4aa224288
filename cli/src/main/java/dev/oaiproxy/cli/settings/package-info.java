/**
 * Input of the command line: variables, the {@code .env} file, dates and amounts.
 *
 * <p>{@link CliSettings} is the entry. Nothing here may put the value of a secret into a message.
 */
@NullMarked
package dev.oaiproxy.cli.settings;

import org.jspecify.annotations.NullMarked;
