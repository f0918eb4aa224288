/**
 * The admin API over HTTP.
 *
 * <p>{@link AdminClient} is the entry. Whatever goes wrong on the way comes out as a {@link
 * dev.oaiproxy.cli.output.Failure} that says what to do. Passwords must never reach a message, and
 * nothing here may print.
 */
@NullMarked
package dev.oaiproxy.cli.client;

import org.jspecify.annotations.NullMarked;
