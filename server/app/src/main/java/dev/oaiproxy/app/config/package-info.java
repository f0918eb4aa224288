/**
 * The settings of a server: {@link dev.oaiproxy.app.config.Setting} lists them, and {@link
 * dev.oaiproxy.app.config.ServerConfig} reads them from the command line, the environment, {@code
 * .env} and {@code application.yaml}. Reading opens nothing but these files, and an error never
 * tells a value that may be a secret.
 */
@NullMarked
package dev.oaiproxy.app.config;

import org.jspecify.annotations.NullMarked;
