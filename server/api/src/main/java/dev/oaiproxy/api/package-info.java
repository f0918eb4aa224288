/**
 * The admin API as records and paths, and the {@code .env} file that both sides read and write.
 *
 * <p>This is all that the command line and the server share; {@link AdminApi} is where to start. It
 * must never hold behaviour that belongs to one of them only.
 */
@NullMarked
package dev.oaiproxy.api;

import org.jspecify.annotations.NullMarked;
