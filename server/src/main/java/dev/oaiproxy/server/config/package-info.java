/**
 * The settings: one table of all of them, and where their values come from.
 *
 * <p>Entry type: {@code ServerConfig}. Order: command line, environment, {@code .env}, {@code
 * config/application.yaml}, and the defaults of the table. A setting that the table does not know
 * stops the start. It must never print the value of a secret.
 */
@NullMarked
package dev.oaiproxy.server.config;

import org.jspecify.annotations.NullMarked;
