/**
 * The server's side of the commands that need no running server.
 *
 * <p>{@link ServerTools} is the entry. Nothing of the server may import it.
 */
@NullMarked
package dev.oaiproxy.app.tools;

import org.jspecify.annotations.NullMarked;
