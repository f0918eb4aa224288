/**
 * Commands that start or examine a server: {@code oaiproxy serve}, {@code sandbox}, {@code demo},
 * {@code status} and {@code doctor}.
 *
 * <p>{@link ServeCommand} is the entry. Nothing here may compile against the server.
 */
@NullMarked
package dev.oaiproxy.cli.command.server;

import org.jspecify.annotations.NullMarked;
