/**
 * Starts and stops a server. {@link dev.oaiproxy.app.boot.Server} listens from the start on; {@link
 * dev.oaiproxy.app.boot.Wiring} makes all that lives as long as an installation runs, and nothing
 * else makes it. No rule about calls, keys or money is decided here.
 */
@NullMarked
package dev.oaiproxy.app.boot;

import org.jspecify.annotations.NullMarked;
