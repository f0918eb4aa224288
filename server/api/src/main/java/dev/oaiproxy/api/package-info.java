/**
 * The admin API as records and paths.
 *
 * <p>This is all that the command line and the server share. It must never hold behaviour of
 * either.
 */
@NullMarked
package dev.oaiproxy.api;

import org.jspecify.annotations.NullMarked;
