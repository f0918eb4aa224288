/**
 * The demonstration: real processes, real HTTP, no OpenAI key and no network.
 *
 * <p>{@link Demo} is the entry, {@link DemoScript} the part to read. It must use throw-away folders
 * only, and stop whatever it started.
 */
@NullMarked
package dev.oaiproxy.cli.demo;

import org.jspecify.annotations.NullMarked;
