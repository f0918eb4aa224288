/**
 * Commands for a server and its database: {@code oaiproxy serve}, {@code sandbox}, {@code demo},
 * {@code status}, {@code doctor}, {@code setup} and {@code db}.
 *
 * <p>{@link ServeCommand} is the entry. Nothing here may compile against the server. A secret must
 * never reach a message, except for a generated password, which is printed once.
 */
@NullMarked
package dev.oaiproxy.cli.command.server;

import org.jspecify.annotations.NullMarked;
